/// Schedules of CronJobs.
@NullMarked
package dev.ebb.kinds.cron;

import org.jspecify.annotations.NullMarked;

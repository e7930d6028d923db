/// Certificates of hosts: what Secrets hold, what Ebb's own authority signs, and the gateway's
/// table of both. No key is in any text that is made here.
@NullMarked
package dev.ebb.controllers.certificates;

import org.jspecify.annotations.NullMarked;

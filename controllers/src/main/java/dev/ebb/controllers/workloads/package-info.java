/// Plain workloads, pure: what Deployments, ReplicaSets and Pods of users should lead to.
@NullMarked
package dev.ebb.controllers.workloads;

import org.jspecify.annotations.NullMarked;

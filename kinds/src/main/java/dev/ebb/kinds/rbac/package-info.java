/// The kinds of `rbac.authorization.k8s.io`: who may do what.
@NullMarked
package dev.ebb.kinds.rbac;

import org.jspecify.annotations.NullMarked;

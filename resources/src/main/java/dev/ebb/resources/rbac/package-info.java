/// Who may do what: the evaluation of roles and bindings, without any effect.
///
/// @see <a href="https://kubernetes.io/docs/reference/access-authn-authz/rbac/">Using RBAC
///   Authorization</a>
@NullMarked
package dev.ebb.resources.rbac;

import org.jspecify.annotations.NullMarked;

package dev.ebb.apiserver;

import dev.ebb.resources.WriteCheck;
import dev.ebb.resources.rbac.AccessRequest;
import dev.ebb.resources.rbac.Authorizer;
import dev.ebb.resources.rbac.Decision;
import dev.ebb.resources.rbac.Escalation;
import dev.ebb.resources.rbac.Forbidden;
import dev.ebb.resources.rbac.Subject;
import java.util.Optional;

/// Asks the roles before anything is done, and, where only the outcome of a write tells, during it.
final class AccessControl {
  private final Authorizer authorizer;

  AccessControl(Authorizer authorizer) {
    this.authorizer = authorizer;
  }

  Authorizer authorizer() {
    return authorizer;
  }

  /// @param path empty for what is no resource
  /// @throws dev.ebb.resources.ApiException 403
  void require(Exchange exchange, Optional<ResourcePath> path) {
    Subject subject = exchange.user().subject();
    if (!subject.isMaster()) {
      require(RequestAccess.of(exchange, subject, path));
    }
  }

  /// @throws dev.ebb.resources.ApiException 403
  void require(AccessRequest request) {
    Decision decision = authorizer.authorize(request);
    if (!decision.allowed()) {
      throw Forbidden.of(request, decision.reason());
    }
  }

  /// What a write of this user has to pass: no rights are given away that the user has not.
  WriteCheck check(Exchange exchange) {
    Subject subject = exchange.user().subject();
    return subject.isMaster() ? WriteCheck.NONE : new Escalation(authorizer, subject);
  }

  /// As [#check]; a patch that creates needs the verb `create` too.
  WriteCheck checkOfPatch(Exchange exchange, ResourcePath path) {
    Subject subject = exchange.user().subject();
    if (subject.isMaster()) {
      return WriteCheck.NONE;
    }
    AccessRequest creation =
        RequestAccess.of(exchange, subject, Optional.of(path)).withVerb("create");
    WriteCheck mayCreate =
        (kind, before, after) -> {
          if (before.isEmpty()) {
            require(creation);
          }
        };
    return mayCreate.and(check(exchange));
  }
}

package dev.ebb.controllers;

import dev.ebb.controllers.DomainReference.Resolution;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Condition.Status;
import dev.ebb.reconcile.Conditions;
import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/// What a DomainMapping tells: its URL, whether the domain is its own, what it leads to. Pure.
final class DomainMappingStatus {
  private static final String DOMAIN_CLAIMED = "DomainClaimed";
  private static final String REFERENCE_RESOLVED = "ReferenceResolved";
  private static final String INGRESS_READY = "IngressReady";

  private DomainMappingStatus() {}

  /// Whether the mapping's namespace may use the domain.
  sealed interface Claim {
    record Owned() implements Claim {}

    record Foreign() implements Claim {}

    record Missing() implements Claim {}
  }

  /// What the gateway makes of the mapping.
  sealed interface Ingress {
    record Serving() implements Ingress {}

    /// What it leads to has no traffic yet.
    record Waiting() implements Ingress {}

    /// A Route has the very host.
    record Taken(String route) implements Ingress {}
  }

  static ObjectNode plan(
      ObjectNode status,
      KubernetesObject mapping,
      Claim claim,
      Resolution reference,
      Ingress ingress,
      Encryption encryption,
      DomainSettings domain,
      Instant now) {
    Conditions conditions =
        new Conditions(
            status,
            now,
            DOMAIN_CLAIMED,
            REFERENCE_RESOLVED,
            INGRESS_READY,
            Encryption.CERTIFICATE_PROVISIONED);
    status.put("observedGeneration", mapping.generation());
    String url = domain.url(encryption.scheme(), mapping.name());
    status.put("url", url);
    status.putObject("address").put("url", url);
    conditions.mark(claimed(claim, mapping.name()));
    conditions.mark(encryption.provisioned());
    if (claim instanceof Claim.Owned) {
      conditions.mark(resolved(reference));
      conditions.mark(ready(reference, ingress));
    } else {
      conditions.mark(new Condition(REFERENCE_RESOLVED, Status.UNKNOWN, "", ""));
      conditions.mark(notConfigured());
    }
    conditions.write();
    return status;
  }

  private static Condition claimed(Claim claim, String name) {
    return switch (claim) {
      case Claim.Owned _ -> new Condition(DOMAIN_CLAIMED, Status.TRUE, "", "");
      case Claim.Foreign _ ->
          new Condition(
              DOMAIN_CLAIMED,
              Status.FALSE,
              "DomainAlreadyClaimed",
              "The domain name is already in use by another DomainMapping");
      case Claim.Missing _ ->
          new Condition(
              DOMAIN_CLAIMED,
              Status.FALSE,
              "DomainClaimFailed",
              ("no ClusterDomainClaim found for domain \"%s\" (and"
                      + " autocreate-cluster-domain-claims property is not true)")
                  .formatted(name));
    };
  }

  private static Condition resolved(Resolution reference) {
    return reference instanceof Resolution.Failed(String message)
        ? new Condition(REFERENCE_RESOLVED, Status.FALSE, "ResolveFailed", message)
        : new Condition(REFERENCE_RESOLVED, Status.TRUE, "", "");
  }

  private static Condition ready(Resolution reference, Ingress ingress) {
    if (reference instanceof Resolution.Unsupported(String message)) {
      return new Condition(INGRESS_READY, Status.FALSE, "BackendNotSupported", message);
    }
    return switch (ingress) {
      case Ingress.Serving _ -> new Condition(INGRESS_READY, Status.TRUE, "", "");
      case Ingress.Waiting _ -> notConfigured();
      case Ingress.Taken(String route) ->
          new Condition(
              INGRESS_READY,
              Status.FALSE,
              "HostInUse",
              "Route \"%s\" answers at this domain already.".formatted(route));
    };
  }

  private static Condition notConfigured() {
    return new Condition(
        INGRESS_READY,
        Status.UNKNOWN,
        "IngressNotConfigured",
        "Ingress has not yet been reconciled.");
  }
}

package dev.ebb.controllers;

import dev.ebb.controllers.DomainMappingStatus.Claim;
import dev.ebb.controllers.DomainMappingStatus.Ingress;
import dev.ebb.controllers.DomainReference.Resolution;
import dev.ebb.controllers.certificates.CertificatePublisher;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.serving.DomainKinds;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.WriteOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.node.ArrayNode;

/// DomainMapping -> its ClusterDomainClaim and the gateway's table, and what came of it back.
///
/// The claim is cluster-wide, so it cannot be owned by the mapping: a finalizer gives it back.
final class DomainMappingReconciler implements Reconciler {
  static final String FINALIZER = "domainmappings.serving.knative.dev";

  private final Context context;
  private final RoutePublisher publisher;
  private final SystemConfig config;
  private final EncryptionPlanner encryptions;
  private final CertificatePublisher certificates;
  private final DomainReference reference;
  private final ReadyEvents readyEvents;

  DomainMappingReconciler(
      Context context,
      RoutePublisher publisher,
      SystemConfig config,
      EncryptionPlanner encryptions,
      CertificatePublisher certificates) {
    this.encryptions = encryptions;
    this.certificates = certificates;
    this.context = context;
    this.publisher = publisher;
    this.config = config;
    this.reference = new DomainReference(context.informers());
    this.readyEvents = new ReadyEvents(context.events());
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Optional<KubernetesObject> found = context.informers().domainMappings().get(key);
    if (found.isEmpty()) {
      remove(key);
      return Result.done();
    }
    if (found.get().deletionTimestamp().isPresent()) {
      remove(key);
      giveBack(found.get());
      return Result.done();
    }
    KubernetesObject mapping = withFinalizer(found.get());
    Claim claim = claim(mapping);
    Resolution resolution = reference.resolve(mapping);
    Encryption encryption = encryptions.ofMapping(mapping);
    DomainSettings domain = config.domain();
    Ingress ingress = assign(mapping, claim, resolution, encryption, domain);
    context
        .statuses()
        .write(
            DomainKinds.DOMAIN_MAPPING,
            mapping,
            status ->
                DomainMappingStatus.plan(
                    status, mapping, claim, resolution, ingress, encryption, domain, context.now()))
        .ifPresent(written ->
            readyEvents.tell(
                written, "Serves at " + written.after().status().path("url").asString("")));
    return encryption
        .until()
        .map(until -> Result.requeueAfter(Duration.between(context.now(), until)))
        .orElseGet(Result::done);
  }

  private void remove(ObjectKey mapping) {
    publisher.removeDomain(mapping);
    certificates.remove(mapping);
  }

  /// What a server that starts serves at once: mappings whose domain is theirs already.
  void assignStored(KubernetesObject mapping) {
    boolean owned =
        context
            .informers()
            .domainClaims()
            .get(ObjectKey.clusterScoped(mapping.name()))
            .filter(claim -> namespaceOf(claim).equals(mapping.namespace()))
            .isPresent();
    if (owned && reference.resolve(mapping) instanceof Resolution.Resolved(var target)) {
      Encryption encryption = encryptions.ofMapping(mapping);
      encrypt(mapping, encryption);
      publisher.assignDomain(assignment(mapping, target, encryption, config.domain()));
    }
  }

  private Ingress assign(
      KubernetesObject mapping,
      Claim claim,
      Resolution resolution,
      Encryption encryption,
      DomainSettings domain) {
    if (!(claim instanceof Claim.Owned)
        || !(resolution instanceof Resolution.Resolved(var target))) {
      remove(mapping.key());
      return new Ingress.Waiting();
    }
    DomainAssignment assignment = assignment(mapping, target, encryption, domain);
    Optional<ObjectKey> taken = publisher.routeAt(assignment.host());
    if (taken.isPresent()) {
      certificates.remove(mapping.key());
      publisher.assignDomain(assignment);
      return new Ingress.Taken(taken.get().toString());
    }
    // First, so that nobody is sent to where there is none.
    encrypt(mapping, encryption);
    publisher.assignDomain(assignment);
    return publisher.leadsSomewhere(assignment) ? new Ingress.Serving() : new Ingress.Waiting();
  }

  private static DomainAssignment assignment(
      KubernetesObject mapping,
      DomainAssignment.Target target,
      Encryption encryption,
      DomainSettings domain) {
    return new DomainAssignment(
        mapping.key(),
        target,
        encryption.redirected() ? OptionalInt.of(domain.httpsPort()) : OptionalInt.empty());
  }

  private void encrypt(KubernetesObject mapping, Encryption encryption) {
    if (encryption.certificates().isEmpty()) {
      certificates.remove(mapping.key());
    }
    encryption
        .certificates()
        .forEach((host, certificate) -> certificates.assign(mapping.key(), host, certificate));
  }

  private Claim claim(KubernetesObject mapping) {
    ObjectKey key = ObjectKey.clusterScoped(mapping.name());
    Optional<KubernetesObject> found = context.informers().domainClaims().get(key);
    if (found.isEmpty() && !config.network().autocreateDomainClaims()) {
      return new Claim.Missing();
    }
    KubernetesObject claim =
        found.orElseGet(() ->
            context
                .children()
                .ensure(DomainKinds.CLUSTER_DOMAIN_CLAIM, newClaim(key, mapping.namespace())));
    return namespaceOf(claim).equals(mapping.namespace()) ? new Claim.Owned() : new Claim.Foreign();
  }

  private static KubernetesObject newClaim(ObjectKey key, String namespace) {
    return KubernetesObject.of(DomainKinds.CLUSTER_DOMAIN_CLAIM.type(), key)
        .with(json -> json.putObject("spec").put("namespace", namespace));
  }

  private KubernetesObject withFinalizer(KubernetesObject mapping) {
    return mapping.finalizers().contains(FINALIZER)
        ? mapping
        : update(
            mapping.with(
                json -> json.withObject("/metadata").withArray("/finalizers").add(FINALIZER)));
  }

  /// A claim that an operator made is the operator's, which is so when none are made for users.
  private void giveBack(KubernetesObject mapping) {
    if (!mapping.finalizers().contains(FINALIZER)) {
      return;
    }
    ObjectKey key = ObjectKey.clusterScoped(mapping.name());
    if (config.network().autocreateDomainClaims()) {
      context
          .resources()
          .find(DomainKinds.CLUSTER_DOMAIN_CLAIM, key)
          .filter(claim -> namespaceOf(claim).equals(mapping.namespace()))
          .ifPresent(this::delete);
    }
    try {
      update(
          mapping.with(json -> {
            ArrayNode kept = json.withObject("/metadata").putArray("finalizers");
            mapping.finalizers().stream()
                .filter(name -> !name.equals(FINALIZER))
                .forEach(kept::add);
          }));
    } catch (ApiException refused) {
      if (!refused.isNotFound()) {
        throw refused;
      }
    }
  }

  private void delete(KubernetesObject claim) {
    try {
      context
          .resources()
          .delete(DomainKinds.CLUSTER_DOMAIN_CLAIM, claim.key(), DeleteOptions.background());
    } catch (ApiException refused) {
      if (!refused.isNotFound()) {
        throw refused;
      }
    }
  }

  private KubernetesObject update(KubernetesObject mapping) {
    return context
        .resources()
        .update(DomainKinds.DOMAIN_MAPPING, mapping, WriteOptions.by(Context.FIELD_MANAGER))
        .object();
  }

  private static String namespaceOf(KubernetesObject claim) {
    return claim.spec().path("namespace").asString("");
  }
}

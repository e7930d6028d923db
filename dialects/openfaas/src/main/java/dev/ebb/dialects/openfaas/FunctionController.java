package dev.ebb.dialects.openfaas;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.openfaas.OpenFaasKinds;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.reconcile.Controller;
import dev.ebb.reconcile.EventRecorder;
import dev.ebb.reconcile.Informer;
import dev.ebb.reconcile.ObjectChange;
import dev.ebb.reconcile.WorkQueue;
import dev.ebb.resources.Resources;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Makes Services of the Functions of `openfaas.com/v1`, in all namespaces, and follows the Secrets
/// and Profiles that they name.
public final class FunctionController implements AutoCloseable {
  private static final int WORKERS = 4;

  private final List<Informer> informers = new ArrayList<>();
  private final Informer functions;
  private final EventRecorder events;
  private final Controller controller;

  public FunctionController(Resources resources, InstantSource clock) {
    events = new EventRecorder(resources, _ -> "openfaas-operator", clock);
    controller =
        new Controller(
            "openfaas-function",
            new WorkQueue(),
            new FunctionReconciler(resources, events, clock),
            WORKERS);
    functions = informer(resources, OpenFaasKinds.FUNCTION);
    functions.onChange(change -> controller.enqueue(change.object().key()));
    informer(resources, ServingKinds.SERVICE).onChange(change -> changed(change.object().key()));
    informer(resources, ServingKinds.REVISION).onChange(this::revisionChanged);
    informer(resources, OpenFaasKinds.PROFILE).onChange(this::profileChanged);
    informer(resources, CoreKinds.SECRET).onChange(this::secretChanged);
  }

  public void start() {
    informers.forEach(Informer::start);
    events.start();
    controller.start();
  }

  @Override
  public void close() {
    informers.forEach(Informer::close);
    controller.close();
    events.close();
  }

  private Informer informer(Resources resources, KindDefinition kind) {
    Informer informer = new Informer(resources, kind);
    informers.add(informer);
    return informer;
  }

  /// @param service the Function that makes it has its name
  private void changed(ObjectKey service) {
    if (functions.get(service).isPresent()) {
      controller.enqueue(service);
    }
  }

  private void revisionChanged(ObjectChange change) {
    KubernetesObject revision = change.object();
    String service = revision.labels().getOrDefault(Functions.SERVICE_LABEL, "");
    changed(new ObjectKey(revision.namespace(), service));
  }

  private void profileChanged(ObjectChange change) {
    KubernetesObject profile = change.object();
    if (profile.namespace().equals(FunctionNamespaces.SYSTEM)) {
      enqueue(function ->
          Profiles.names(Json.strings(function.spec(), "annotations")).contains(profile.name()));
    }
  }

  private void secretChanged(ObjectChange change) {
    KubernetesObject secret = change.object();
    enqueue(function ->
        function.namespace().equals(secret.namespace())
            && Json.list(function.spec(), "secrets").contains(secret.name()));
  }

  private void enqueue(Predicate<KubernetesObject> concerned) {
    for (KubernetesObject function : functions.all()) {
      if (concerned.test(function)) {
        controller.enqueue(function.key());
      }
    }
  }
}

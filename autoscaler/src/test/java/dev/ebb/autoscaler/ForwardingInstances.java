package dev.ebb.autoscaler;

import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.InstanceEvent;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.Instances;
import dev.ebb.dataplane.LogQuery;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.Subscription;
import dev.ebb.dataplane.Workload;
import dev.ebb.dataplane.testing.FakeInstances;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/// Passes everything on to a double, for tests that change one method.
class ForwardingInstances implements Instances {
  private final FakeInstances delegate = new FakeInstances();

  @Override
  public void register(Workload workload) {
    delegate.register(workload);
  }

  @Override
  public void unregister(RevisionId revision) {
    delegate.unregister(revision);
  }

  @Override
  public void scale(RevisionId revision, int count) {
    delegate.scale(revision, count);
  }

  @Override
  public void run(InstanceId id, Workload workload) {
    delegate.run(id, workload);
  }

  @Override
  public void stop(InstanceId instance) {
    delegate.stop(instance);
  }

  @Override
  public void stop(InstanceId instance, Duration grace) {
    delegate.stop(instance, grace);
  }

  @Override
  public List<Instance> list() {
    return delegate.list();
  }

  @Override
  public InputStream logs(LogQuery query) {
    return delegate.logs(query);
  }

  @Override
  public Subscription subscribe(Consumer<InstanceEvent> listener) {
    return delegate.subscribe(listener);
  }
}

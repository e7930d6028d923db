package dev.ebb.dataplane;

import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/// Runs instances of revisions. Declarative: says how many there should be, not when each starts,
/// so that Deployments fit it as well as processes. Thread-safe; no call waits for a process.
public interface Instances {
  /// Makes a revision known, or changes what its later instances run. Idempotent. Instances of it
  /// that were adopted from an earlier server are published now.
  void register(Workload workload);

  /// Drains and stops all instances and forgets the revision.
  void unregister(RevisionId revision);

  /// The number of instances that should be running. Scaling up begins at once; scaling down drains
  /// the least busy first. What does not fit the machine's budget waits, and is told.
  void scale(RevisionId revision, int count);

  /// Runs one instance that no revision scales: a Pod of a user, of a Job, of a Deployment. Its
  /// containers are started again as its restart policy says; it has ended when none will be.
  /// Idempotent: an instance of this name that is there, or was adopted, is left as it is.
  ///
  /// @param id the Pod's UID; `workload.revision()` has its namespace and name
  void run(InstanceId id, Workload workload);

  /// Drains one instance, then ends it; another comes when `scale` still asks for it. One that was
  /// started by `run` is forgotten when it has ended.
  void stop(InstanceId instance);

  /// As [#stop(InstanceId)], and kills it when it has not ended after this time, whatever its own
  /// grace period is. For one that is being stopped only less time than it has counts.
  ///
  /// @param grace from the moment when its end was first asked for; zero kills it at once
  void stop(InstanceId instance, Duration grace);

  List<Instance> list();

  /// Output as lines of UTF-8 as the program wrote it. Close the stream to end a `follow`.
  InputStream logs(LogQuery query);

  /// First the present instances, each in its present phase, then what happens. The listener is
  /// called in order, one event at a time, and must not block.
  Subscription subscribe(Consumer<InstanceEvent> listener);
}

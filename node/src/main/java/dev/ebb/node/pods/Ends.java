package dev.ebb.node.pods;

/// What follows when a container ends that is to run on.
public enum Ends {
  /// It is started again in its Pod, as the workload's restart policy says.
  RESTART(CrashBackoff.Rule.KUBELET),
  /// So is one that had been ready. With any other the Pod ends, and whoever wants another starts
  /// one: who waits for it is told why.
  REPLACE(CrashBackoff.Rule.SERVING);

  final CrashBackoff.Rule backoff;

  Ends(CrashBackoff.Rule backoff) {
    this.backoff = backoff;
  }
}

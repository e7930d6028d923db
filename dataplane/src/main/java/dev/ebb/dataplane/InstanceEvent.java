package dev.ebb.dataplane;

/// What happens to instances. Events of one instance come in order.
public sealed interface InstanceEvent {
  RevisionId revision();

  /// An instance entered a phase, or one of its containers changed.
  record PhaseChanged(Instance instance) implements InstanceEvent {
    @Override
    public RevisionId revision() {
      return instance.revision();
    }
  }

  /// No instance could be started, and no process came into being.
  ///
  /// @param reason `ImageNotSupported`, `PackageMissing`, `RuntimeMissing`, the kubelet's words
  ///   such as `ErrImagePull`, `RunContainerError` and `CreateContainerConfigError`,
  ///   `MachineBudgetExceeded`, `CreateFailed`, or `ExitCode78` while a revision rests whose code
  ///   cannot be loaded
  /// @param permanent true when trying again cannot help before the revision or machine changes
  record StartRefused(RevisionId revision, String reason, String message, boolean permanent)
      implements InstanceEvent {}
}

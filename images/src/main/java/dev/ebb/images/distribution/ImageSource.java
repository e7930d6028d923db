package dev.ebb.images.distribution;

/// Where images come from that are not here yet. Blocking: call it from a virtual thread; an
/// interrupt cancels, which throws [ImageException] with [Reason#UNREACHABLE] and leaves the thread
/// interrupted. Thread-safe.
///
/// All failures are [ImageException].
public interface ImageSource {
  /// Asks the registry what a tag names now, or whether it has that digest for these credentials.
  Permit resolve(ImageReference image, PullCredentials credentials);

  /// Brings manifest, configuration and layers of this machine's platform into the content store,
  /// each proved by its digest; what is there already is not asked for again. Callers that want the
  /// same at the same time share one transfer. What was transferred before a failure is kept, so
  /// that the next try goes on there.
  PulledImage pull(ImageReference image, PullCredentials credentials, PullListener listener);
}

package dev.ebb.images.containers;

import dev.ebb.images.distribution.ImageReference;
import dev.ebb.images.distribution.PullCredentials;
import java.util.Optional;

/// The images that containers are made of, wherever they come from: pulled, pushed to the built-in
/// registry or loaded from a file.
///
/// ```java
/// var digest = images.resolve(ImageReference.parse("ghcr.io/me/app:v1"), credentials);
/// try (var image = images.open(reference.withDigest(digest), credentials)) {
///   mount(image.layers());
/// }
/// ```
///
/// Blocking: to be called on virtual threads; an interrupt cancels. Thread-safe. All failures are
/// [ImageException].
public interface ContainerImages {
  /// The digest that a tag names now, of a manifest or of an index. What was pushed or loaded here
  /// under that very name goes first; else its registry is asked. A digest in the reference is
  /// returned as it is.
  String resolve(ImageReference image, PullCredentials credentials);

  /// The image, unpacked. What is not here is pulled first; callers that want the same at the same
  /// time share the work. A tag without a digest is resolved first. What is here is opened at once
  /// for credentials that its registry has accepted for it before; with others it is asked, once.
  ///
  /// @return held until it is closed: nothing of it is collected before
  ContainerImage open(ImageReference image, PullCredentials credentials);

  /// To be asked before an image is resolved or opened for somebody. Images of registries elsewhere
  /// are for all whom these serve; those of the built-in one are for their own namespace and for
  /// whoever may `get` them there.
  ///
  /// @throws ImageException UNAUTHORIZED; NOT_FOUND for a digest that the repository does not have;
  ///   INVALID for a name that no repository can have
  void require(ImageReference image, ImageUser user);

  /// The image of what runs already, for which nobody is asked again.
  ///
  /// @param image with a digest
  /// @return empty when not all of it is here and unpacked; held until it is closed
  Optional<ContainerImage> hold(ImageReference image);

  /// Whether all of the image is here and unpacked, so that [#open] neither pulls nor unpacks.
  boolean isReady(ImageReference image);
}

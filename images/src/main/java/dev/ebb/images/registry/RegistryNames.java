package dev.ebb.images.registry;

import dev.ebb.images.distribution.ImageReference;
import java.util.Set;

/// What images of the built-in registry are called: `registry.ebb.dev/REPOSITORY`, whatever address
/// they were pushed to.
public final class RegistryNames {
  /// The host of all of them. No registry answers there: it is a name, not an address.
  public static final String HOST = "registry.ebb.dev";

  private RegistryNames() {}

  /// The reference with [#HOST] for its host where it names this server by one of its addresses.
  ///
  /// @param addresses `localhost:6443`, `127.0.0.1:6443`, `[::1]:6443`
  public static ImageReference normalise(ImageReference reference, Set<String> addresses) {
    return addresses.contains(reference.host())
        ? new ImageReference(HOST, reference.repository(), reference.tag(), reference.digest())
        : reference;
  }

  public static boolean isOurs(ImageReference reference) {
    return reference.host().equals(HOST);
  }

  static ImageReference tagged(Repository repository, String tag) {
    return ImageReference.parse(HOST + "/" + repository.name() + ":" + tag);
  }
}

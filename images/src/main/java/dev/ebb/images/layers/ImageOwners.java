package dev.ebb.images.layers;

/// Which users of the machine own the files of images.
///
/// All instances have one mapping of users: 0 to 65535 inside are [#BASE] and up outside, so that
/// root in a container is nobody on the machine. Layers are unpacked with owners already shifted. A
/// server that is not root cannot do either, and leaves owners alone.
///
/// @see <a
///   href="https://man7.org/linux/man-pages/man7/user_namespaces.7.html">user_namespaces(7)</a>
public final class ImageOwners {
  /// Above the users of distributions (below 65536) and the subordinate ids that useradd gives to
  /// the first thirteen users (65536 each, from 100000 on).
  public static final int BASE = 1_000_000;

  /// Users and groups that a container has: all that 16 bits hold.
  public static final int COUNT = 65_536;

  /// `nobody`: who an owner outside the mapping is seen as, as the kernel does it (`overflowuid`).
  static final int OVERFLOW = 65_534;

  private ImageOwners() {}

  /// @param id of a user or group as an archive has it
  static int onMachine(long id) {
    return BASE + (int) (id >= 0 && id < COUNT ? id : OVERFLOW);
  }
}

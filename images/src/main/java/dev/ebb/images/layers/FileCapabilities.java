package dev.ebb.images.layers;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/// The extended attribute `security.capability`, which lets a program such as `ping` do what its
/// caller may not. In the form that archives have (revision 2) it would count on the machine
/// itself; revision 3 names the root of the user namespace in which alone it counts.
///
/// @see <a href="https://man7.org/linux/man-pages/man7/capabilities.7.html">capabilities(7), "File
///   capability extended attribute versioning"</a>
final class FileCapabilities {
  static final String ATTRIBUTE = "security.capability";

  private static final int REVISION_MASK = 0xff00_0000;
  private static final int REVISION_2 = 0x0200_0000;
  private static final int REVISION_2_BYTES = 20;
  private static final int REVISION_3 = 0x0300_0000;
  private static final int REVISION_3_BYTES = 24;

  private FileCapabilities() {}

  /// @param root the user on the machine who is root in the container
  /// @return empty when the value is of another revision or for another namespace
  static Optional<byte[]> inNamespaceOf(int root, byte[] value) {
    if (value.length != REVISION_2_BYTES) {
      return Optional.empty();
    }
    var from = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    int magic = from.getInt(0);
    if ((magic & REVISION_MASK) != REVISION_2) {
      return Optional.empty();
    }
    var to = ByteBuffer.allocate(REVISION_3_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    to.put(value).putInt(root);
    to.putInt(0, REVISION_3 | (magic & ~REVISION_MASK));
    return Optional.of(to.array());
  }
}

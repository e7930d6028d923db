package dev.ebb.node.volumes;

/// A volume cannot be had; the message is for users.
public final class VolumeException extends RuntimeException {
  private final boolean permanent;

  /// @param permanent trying again cannot help before the Pod or the machine changes
  public VolumeException(String message, boolean permanent) {
    super(message);
    this.permanent = permanent;
  }

  public boolean permanent() {
    return permanent;
  }
}

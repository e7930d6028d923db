package dev.ebb.images.layers;

/// Gives files their owners: shifted, or as root alone can do it, not at all.
enum LayerOwners {
  /// Owners of the archive, shifted by [ImageOwners#BASE].
  SHIFTED,
  /// All files belong to the server's user, who is not root.
  UNSET;

  static LayerOwners ofThisProcess() {
    return LinuxFiles.isRoot() ? SHIFTED : UNSET;
  }

  boolean areSet() {
    return this == SHIFTED;
  }

  void set(LinuxFiles files, int directory, String name, long user, long group) {
    if (areSet()) {
      files.setOwner(directory, name, ImageOwners.onMachine(user), ImageOwners.onMachine(group));
    }
  }
}

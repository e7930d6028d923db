package dev.ebb.images.layers;

/// Where an entry of an archive belongs, below the layer's root: without empty and `.` segments,
/// and never with `..`. Absolute names are taken as below the root, as some builders write them.
///
/// @param parent directory without slashes at its ends; empty for the root
/// @param name last segment; empty for the root itself
record LayerPath(String parent, String name) {
  private static final int PATH_BYTES = 4096; // PATH_MAX
  private static final int NAME_BYTES = 255; // NAME_MAX

  /// @param text as the archive has it
  /// @throws dev.ebb.images.distribution.ImageException INVALID for what no file can be called
  static LayerPath of(String text) {
    if (text.length() > PATH_BYTES) {
      throw TarHeader.invalid("a name is longer than %d bytes".formatted(PATH_BYTES));
    }
    if (text.indexOf('\0') >= 0) {
      throw TarHeader.invalid("a name has a zero byte");
    }
    var path = new StringBuilder();
    int last = 0;
    for (var segment : text.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".")) {
        continue;
      }
      if (segment.equals("..")) {
        throw TarHeader.invalid("%s has '..' in it".formatted(quote(text)));
      }
      if (segment.length() > NAME_BYTES) {
        throw TarHeader.invalid(
            "%s has a name longer than %d bytes".formatted(quote(text), NAME_BYTES));
      }
      last = path.isEmpty() ? 0 : path.length() + 1;
      path.append(path.isEmpty() ? "" : "/").append(segment);
    }
    return last == 0
        ? new LayerPath("", path.toString())
        : new LayerPath(path.substring(0, last - 1), path.substring(last));
  }

  boolean isRoot() {
    return name.isEmpty();
  }

  LayerPath sibling(String other) {
    return new LayerPath(parent, other);
  }

  @Override
  public String toString() {
    return parent.isEmpty() ? name : parent + "/" + name;
  }

  /// For messages: short, and nothing in it that a terminal would act on.
  static String quote(String text) {
    var shown = text.length() > 120 ? text.substring(0, 117) + "..." : text;
    return "'" + shown.replaceAll("[\\p{Cntrl}\\x80-\\xff]", "?") + "'";
  }
}

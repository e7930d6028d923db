package dev.ebb.images.distribution;

/// What machine an image is for, in Go's names, as the OCI image index has it.
///
/// @param os `linux`
/// @param architecture `amd64`, `arm64`
/// @param variant of the architecture, `v8`; empty when the architecture has none or it is unsaid
public record Platform(String os, String architecture, String variant) {
  /// The platform of this machine's containers.
  public static Platform ofThisMachine() {
    return of(System.getProperty("os.arch", ""));
  }

  /// @param javaArchitecture value of the system property `os.arch`
  static Platform of(String javaArchitecture) {
    return switch (javaArchitecture) {
      case "amd64", "x86_64" -> new Platform("linux", "amd64", "");
      case "aarch64", "arm64" -> new Platform("linux", "arm64", "v8");
      default -> new Platform("linux", javaArchitecture, "");
    };
  }

  /// Whether this machine runs programs built for that one. Each 64-bit architecture has a variant
  /// that all its machines have (`amd64/v1`, `arm64/v8`) and that is meant when none is said;
  /// others are refused, for they may use instructions that are not here.
  public boolean runs(Platform image) {
    return os.equals(image.os)
        && architecture.equals(image.architecture)
        && (image.variant.isEmpty() || image.variant.equals(baseline()));
  }

  private String baseline() {
    return switch (architecture) {
      case "amd64" -> "v1";
      case "arm64" -> "v8";
      default -> variant;
    };
  }

  @Override
  public String toString() {
    return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
  }
}

package dev.ebb.node.pods;

/// What one try of a probe found.
///
/// @param message why it is not healthy, or what is worth telling
record ProbeResult(boolean healthy, String message) {
  static final ProbeResult HEALTHY = new ProbeResult(true, "");

  static ProbeResult failed(String message) {
    return new ProbeResult(false, message);
  }
}

package dev.ebb.node.sandbox;

/// Processor time in the kernel's units, as the kubelet works it out.
final class CpuShares {
  /// The kernel's default. With a shorter one a program waits less at a time, and switches more.
  static final long PERIOD_MICROS = 100_000;

  /// Below this the kernel refuses a quota (sched-bwc.rst).
  private static final long LEAST_QUOTA_MICROS = 1000;

  private static final long LEAST_SHARES = 2;
  private static final long MOST_SHARES = 262_144;
  private static final long SHARES_OF_A_CORE = 1024;

  private CpuShares() {}

  static long quotaMicros(int millis) {
    return Math.max(LEAST_QUOTA_MICROS, millis * PERIOD_MICROS / 1000);
  }

  /// What asks for nothing gets the least. A limit without a request is one, as in Kubernetes.
  static long shares(Resources resources) {
    long millis = resources.cpuRequestMillis().orElse(resources.cpuMillis().orElse(0));
    return Math.clamp(millis * SHARES_OF_A_CORE / 1000, LEAST_SHARES, MOST_SHARES);
  }

  /// 1 to 10000 for 2 to 262144 shares, in proportion.
  static long weight(Resources resources) {
    return 1 + (shares(resources) - LEAST_SHARES) * 9999 / (MOST_SHARES - LEAST_SHARES);
  }
}

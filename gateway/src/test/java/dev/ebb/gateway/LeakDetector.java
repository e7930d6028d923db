package dev.ebb.gateway;

import io.netty.util.ResourceLeakDetector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Remembers the buffers that were lost; Netty only writes them to a log. The test JVM names this
/// class in `io.netty.customResourceLeakDetector`.
public final class LeakDetector<T> extends ResourceLeakDetector<T> {
  static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

  public LeakDetector(Class<?> type, int samplingInterval) {
    super(type, samplingInterval);
  }

  @Override
  protected boolean needReport() {
    return true;
  }

  @Override
  protected void reportTracedLeak(String type, String records) {
    LEAKS.add(type + records);
  }

  @Override
  protected void reportUntracedLeak(String type) {
    LEAKS.add(type);
  }
}

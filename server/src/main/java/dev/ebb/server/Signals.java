package dev.ebb.server;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// SIGINT, SIGTERM and SIGHUP: the first lets the program drain, the second ends it at once.
///
/// The JDK has no supported way to see a second signal (shutdown hooks run once), so this uses
/// `sun.misc.Signal`, by reflection because the compiler warns of the class by name.
final class Signals {
  private static final int KILLED_BY_SIGNAL = 130;

  private final CountDownLatch first = new CountDownLatch(1);
  private final AtomicInteger count = new AtomicInteger();
  private volatile Runnable atOnce = () -> {};

  /// From here on signals are ours. To be made before the server: one that comes while it starts
  /// then ends it in order too, and no later than its start.
  Signals() {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      received();
                      yield null;
                    }
                    case "hashCode" -> System.identityHashCode(self);
                    case "toString" -> "Signals";
                    default -> false;
                  });
      for (String name : new String[] {"INT", "TERM", "HUP"}) {
        Object number = signal.getConstructor(String.class).newInstance(name);
        signal.getMethod("handle", signal, handler).invoke(null, number, proxy);
      }
    } catch (InvocationTargetException e) {
      // The JVM was told to leave a signal alone (nohup, -Xrs): then it does what the system says.
      System.getLogger(Signals.class.getName())
          .log(System.Logger.Level.DEBUG, "a signal is not ours", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JDK has no sun.misc.Signal", e);
    }
  }

  private void received() {
    if (count.incrementAndGet() == 1) {
      first.countDown();
    } else {
      try {
        atOnce.run();
      } finally {
        Runtime.getRuntime().halt(KILLED_BY_SIGNAL);
      }
    }
  }

  /// What the second signal still does before the process ends.
  void atOnce(Runnable action) {
    atOnce = action;
  }

  /// Ends the waiting as a signal would.
  void stop() {
    first.countDown();
  }

  void await() throws InterruptedException {
    first.await();
  }
}

package dev.ebb.gateway;

import dev.ebb.dataplane.RequestLimits;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.FileNotFoundException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A request to a revision: waits for a slot of its [Throttle], then is forwarded to the instance.
///
/// **Who owns the slot.** From `granted` on this exchange does, until exactly one of these: the
/// response is complete, the connection is lost, or the client is gone, when [Abandoned] takes the
/// slot over or it is given back. A slot may still be granted after the client left; then it is
/// given back at once.
final class RevisionExchange extends Forward implements Waiter {
  /// Twice the time that the node takes to notice an exit: longer than it takes to get the event,
  /// short for the request that waits.
  private static final long SUSPEND_MILLIS = 100;

  /// So long a request that no instance has got looks for one that is there: the end of an instance
  /// is noticed sooner, and then the request waits for the next.
  private static final long ABSENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Throttle throttle;
  private final RequestLimits limits;
  private boolean attempted;
  private boolean waiting;
  private boolean upgraded;
  private boolean absent;
  private long absentSince;
  private @Nullable Slot slot;
  private long sentAt;
  private long activeAt;

  RevisionExchange(
      ClientConnection client,
      ClientRequest request,
      Route route,
      Throttle throttle,
      RequestLimits limits,
      GatewayContext gateway) {
    super(client, request, route, gateway);
    this.throttle = throttle;
    this.limits = limits;
  }

  @Override
  public void begin() {
    waiting = true;
    throttle.acquire(this, attempted ? now() : request.arrivedAt);
    attempted = true;
    request.waited |= waiting;
  }

  // ---- Waiting ----

  @Override
  public void granted(Slot granted) {
    if (client.loop.eventLoop.inEventLoop()) {
      use(granted);
    } else {
      client.loop.eventLoop.execute(() -> use(granted));
    }
  }

  @Override
  public void refused(Failure failure) {
    if (client.loop.eventLoop.inEventLoop()) {
      end(failure);
    } else {
      client.loop.eventLoop.execute(() -> end(failure));
    }
  }

  private void use(Slot granted) {
    waiting = false;
    if (over()) {
      throttle.release(granted, now());
      return;
    }
    slot = granted;
    request.instance = granted.instance.value();
    request.queuedNanos = request.waited ? now() - request.arrivedAt : 0;
    SocketAddress address = granted.address;
    if (address == null) {
      throw new IllegalStateException("granted a slot of an instance that is not ready");
    }
    request.instanceAddress = address;
    ConnectionPool pool = client.loop.pool(granted, address);
    forward(
        pool instanceof DetectingConnections either && request.upgrade.isPresent()
            ? either.http1()
            : pool);
  }

  private void end(Failure failure) {
    waiting = false;
    if (over()) {
      return;
    }
    giveUp();
    if (failure.isRevisionUnknown() && !prepared()) {
      // The routes have changed since, and lead to others now.
      client.routeAgain(failure);
    } else {
      client.fail(failure);
    }
  }

  @Override
  public void connectFailed(Throwable cause) {
    Slot refusing = slot;
    slot = null;
    if (refusing != null) {
      throttle.suspend(refusing);
      throttle.release(refusing, now());
      later(() -> throttle.resume(refusing, now()));
    }
    if (over()) {
      return;
    }
    if (isAbsence(cause) ? now() - absentSince() < ABSENCE_NANOS : mayTryAgain()) {
      begin();
    } else {
      giveUp();
      client.fail(
          Failure.upstreamFailed("cannot connect to " + peerName() + ": " + cause.getMessage()));
    }
  }

  /// A program that dies may accept connections until its last moment, so the request waits for
  /// that. Others do not: it may be the request alone that breaks connections.
  @Override
  void sendAgain(ConnectionPool to, boolean dead) {
    if (!dead) {
      super.sendAgain(to, dead);
      return;
    }
    released();
    later(() -> {
      if (!over()) {
        begin();
      }
    });
  }

  private void later(Runnable task) {
    var _ = client.loop.eventLoop.schedule(task, SUSPEND_MILLIS, TimeUnit.MILLISECONDS);
  }

  /// Nobody listens there. Whoever listens and says something strange would do so again.
  private static boolean isAbsence(Throwable cause) {
    return cause instanceof SocketException || cause instanceof FileNotFoundException;
  }

  private long absentSince() {
    if (!absent) {
      absent = true;
      absentSince = now();
    }
    return absentSince;
  }

  // ---- Forwarding ----

  @Override
  public void connected(UpstreamConnection established) {
    if (timed()) {
      sentAt = now();
      activeAt = sentAt;
    }
    super.connected(established);
  }

  @Override
  void sending(HttpHeaders headers) {
    DeadlineHeaders.tell(headers, totalDeadline() - now());
  }

  @Override
  String peerName() {
    return "instance " + request.instance;
  }

  @Override
  void upgraded() {
    Slot held = slot;
    if (held != null) {
      upgraded = true;
      throttle.upgraded(held, 1);
    }
  }

  /// What holds the slot until the instance is done, if anything does, is no conversation.
  private @Nullable Slot takeSlot() {
    Slot held = slot;
    slot = null;
    if (held != null && upgraded) {
      upgraded = false;
      throttle.upgraded(held, -1);
    }
    return held;
  }

  @Override
  void released() {
    Slot held = takeSlot();
    if (held != null) {
      throttle.release(held, now());
    } else if (waiting) {
      // If it is too late to leave the queue, `use` gets the slot and gives it back.
      var _ = throttle.cancel(this, now());
    }
  }

  @Override
  void abandoned(UpstreamConnection connection) {
    Slot held = takeSlot();
    if (held == null || limits.containerConcurrency() == 0) {
      connection.detach();
      connection.close();
      if (held != null) {
        throttle.release(held, now());
      }
      return;
    }
    boolean late = now() - totalDeadline() >= 0;
    if (!late) {
      connection.cancel();
    }
    new Abandoned(connection, held, client.loop, gateway)
        .begin((late ? now() : totalDeadline()) + gateway.config().stuckGrace().toNanos());
  }

  // ---- Time ----

  @Override
  public long deadline() {
    // An answer that has begun may take its time, as at Knative's queue proxy, which knows no
    // answer of who changed the protocol.
    boolean begun = responseStarted() && !request.upgraded;
    long deadline = begun ? Long.MAX_VALUE : totalDeadline();
    if (sent() && !begun && !limits.responseStartTimeout().isZero()) {
      deadline = earlier(deadline, sentAt + limits.responseStartTimeout().toNanos());
    }
    if (sent() && !limits.idleTimeout().isZero()) {
      deadline = earlier(deadline, activeAt + limits.idleTimeout().toNanos());
    }
    return deadline;
  }

  @Override
  public void deadlinePassed() {
    long deadline = deadline();
    if (deadline == Long.MAX_VALUE || now() - deadline < 0) {
      return;
    }
    Failure failure = timeout();
    giveUp();
    client.fail(failure);
  }

  private Failure timeout() {
    if (waiting) {
      return throttle
          .lastRefusal()
          .orElseGet(() ->
              Failure.timeout(
                  "no instance could take the request within " + text(limits.timeout())));
    }
    if (now() - totalDeadline() >= 0) {
      return Failure.timeout("no response within " + text(limits.timeout()));
    }
    return Failure.timeout("the instance was silent for too long");
  }

  /// Whether it matters when the request was sent.
  private boolean timed() {
    return !limits.responseStartTimeout().isZero() || !limits.idleTimeout().isZero();
  }

  /// Every byte moves the deadline when there is an idle time-out, else none does.
  @Override
  void active() {
    if (!limits.idleTimeout().isZero()) {
      activeAt = now();
    }
  }

  private void giveUp() {
    clientGone();
  }

  private long totalDeadline() {
    return request.arrivedAt + limits.timeout().toNanos();
  }

  private static long earlier(long one, long other) {
    return one != Long.MAX_VALUE && one - other < 0 ? one : other;
  }

  private static String text(Duration duration) {
    return duration.toMillis() / 1000.0 + " s";
  }

  private long now() {
    return gateway.nanoTime().getAsLong();
  }
}

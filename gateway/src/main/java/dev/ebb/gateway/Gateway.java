package dev.ebb.gateway;

import dev.ebb.dataplane.CertificateTable;
import dev.ebb.dataplane.Demand;
import dev.ebb.dataplane.GatewayControl;
import dev.ebb.dataplane.InstanceEvent;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.InstanceTraffic;
import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.MetricSource;
import dev.ebb.dataplane.RequestLimits;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.RevisionStats;
import dev.ebb.dataplane.RevisionTraffic;
import dev.ebb.dataplane.RouteChange;
import dev.ebb.dataplane.RouteTable;
import dev.ebb.dataplane.StatsSource;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The data plane of one machine. It needs nobody at construction but those it tells something, so
/// that the node, which asks it about traffic, can be made after it:
///
/// ```java
/// Gateway gateway = new Gateway(GatewayConfig.defaults(8080), demand, stuckInstance);
/// Instances node = new Node(..., gateway);
/// Subscription events = node.subscribe(gateway::onInstanceEvent);
/// gateway.start();
/// ```
///
/// Thread-safe. `start` and `close` block and are called once, `close` before the instances are
/// stopped, since it waits for what is in flight there.
public final class Gateway
    implements GatewayControl, InstanceTraffic, StatsSource, MetricSource, AutoCloseable {
  private static final String LEAK_LEVEL = "io.netty.leakDetection.level";

  private static final String NO_RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";

  /// Before the first table every request would be told that there is no route: clients that come
  /// sooner wait to be accepted.
  private volatile boolean routed;

  private final RouteBook routes = new RouteBook();
  private final AtomicReference<CertificateIndex> certificates =
      new AtomicReference<>(CertificateIndex.EMPTY);
  private final TlsContexts tls = new TlsContexts();
  private final GatewayConfig config;
  private final TrafficMetrics metrics;
  private final Throttles throttles;
  private final GatewayContext context;
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<EventLoop, LoopState> loops = new HashMap<>();
  private @Nullable EventLoopGroup group;
  private volatile @Nullable Listener listener;
  private volatile int port;
  private volatile int httpsPort;

  /// @param demand raised when a request waits and no instance is ready; called on event loops
  /// @param stuck told of an instance that does not finish what timed out: `Instances::stop`,
  ///   called on an event loop, so it must not block
  public Gateway(GatewayConfig config, Demand demand, Consumer<InstanceId> stuck) {
    this.config = config;
    this.metrics = new TrafficMetrics(config.accessLog(), InstantSource.system());
    this.throttles = new Throttles(demand, System::nanoTime, this::closeConnections);
    this.context =
        new GatewayContext(
            config,
            Channels.of(config.transport()),
            throttles,
            routes::index,
            certificates::get,
            tls,
            metrics,
            System::nanoTime,
            stuck,
            blocking,
            new Semaphore(config.maxLocalRequests()));
  }

  /// Begins to listen.
  ///
  /// @throws GatewayException when a port is in use
  public void start() {
    if (System.getProperty(LEAK_LEVEL) == null) {
      // Netty watches one buffer in 128 unless told; that costs a sixth of the gateway's CPU time.
      // The tests watch every buffer.
      ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }
    if (System.getProperty(NO_RENEGOTIATION) == null) {
      // TLS 1.2 lets clients ask for one handshake after the other on a connection, each of which
      // costs them less than us. HTTP/2 forbids it (RFC 9113, section 9.2.1), and no client of
      // today
      // does it. Java reads this once, at the first handshake of a server.
      System.setProperty(NO_RENEGOTIATION, "true");
    }
    int count =
        config.eventLoops() > 0 ? config.eventLoops() : Runtime.getRuntime().availableProcessors();
    EventLoopGroup started =
        new MultiThreadIoEventLoopGroup(
            count, new DefaultThreadFactory("gateway", true), context.channels().ioHandler());
    group = started;
    for (EventExecutor executor : started) {
      EventLoop loop = (EventLoop) executor;
      loops.put(loop, new LoopState(loop, context));
    }
    Listener created = new Listener(context, started, loops);
    listener = created;
    try {
      port = created.bind();
      if (config.httpsPort().isPresent()) {
        httpsPort = created.bindHttps(config.httpsPort().get());
      }
      if (routed) {
        created.accept();
      }
    } catch (GatewayException failure) {
      shutDown();
      throw failure;
    }
  }

  /// Whom to tell of requests from now on; nobody is told until then.
  public void log(RequestLog log) {
    metrics.log(log);
  }

  /// Where it listens; 0 before `start`.
  public int port() {
    return port;
  }

  /// Where it listens for TLS; 0 before `start`, and when it does not.
  public int httpsPort() {
    return httpsPort;
  }

  /// Whether clients can connect now.
  public boolean isListening() {
    Listener present = listener;
    return present != null && port > 0 && present.isOpen();
  }

  /// The transport in use, for the start-up log.
  public Transport transport() {
    return Transport.valueOf(context.channels().name());
  }

  /// For `Instances.subscribe`; does not block.
  public void onInstanceEvent(InstanceEvent event) {
    throttles.on(event);
  }

  @Override
  public void routes(RouteTable table) {
    routes.replace(table);
    routed = true;
    Listener present = listener;
    if (present != null) {
      present.accept();
    }
  }

  @Override
  public void change(RouteChange change) {
    routes.change(change);
  }

  @Override
  public void certificates(CertificateTable table) {
    tls.retain(certificates.updateAndGet(present -> CertificateIndex.of(table, present)));
  }

  @Override
  public void revision(RevisionId revision, RequestLimits limits) {
    throttles.limits(revision, limits);
  }

  @Override
  public Map<Integer, String> listenAlso(Map<Integer, Entrance> ports) {
    Listener present = listener;
    if (present == null) {
      throw new IllegalStateException("the gateway does not listen yet");
    }
    return present.listenAlso(ports);
  }

  @Override
  public void removeRevision(RevisionId revision) {
    throttles.remove(revision);
  }

  @Override
  public int inFlight(InstanceId instance) {
    return throttles.inFlight(instance);
  }

  @Override
  public CompletionStage<Void> drain(InstanceId instance) {
    return throttles.drain(instance);
  }

  @Override
  public CompletionStage<Void> quiet(InstanceId instance) {
    return throttles.quiet(instance);
  }

  @Override
  public Map<RevisionId, RevisionStats> collect() {
    return throttles.collect();
  }

  /// Of every known revision, at this moment.
  public Map<RevisionId, RevisionTraffic> traffic() {
    return throttles.all().stream()
        .collect(
            Collectors.toMap(
                Throttle::revision, throttle -> throttle.traffic.with(throttle.peek())));
  }

  @Override
  public List<MetricFamily> metrics() {
    return metrics.families(throttles.all());
  }

  /// Accepts nobody any more, lets requests in flight finish within the drain timeout, and ends.
  @Override
  public void close() {
    Listener present = listener;
    if (present != null) {
      present.stopAccepting();
      present.drain(config.drainTimeout());
    }
    shutDown();
  }

  private void shutDown() {
    EventLoopGroup present = group;
    if (present != null) {
      present.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
    blocking.shutdownNow();
  }

  private void closeConnections(Slot slot) {
    loops.values().forEach(loop -> loop.eventLoop.execute(() -> loop.forget(slot)));
  }
}

package dev.ebb.gateway;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.MetricFamily.Sample;
import dev.ebb.dataplane.RevisionStats;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/// What the gateway counts, and whom it tells of each exchange.
final class TrafficMetrics {
  private static final System.Logger LOG = System.getLogger(TrafficMetrics.class.getName());

  private final Optional<AccessLog> accessLog;
  private final InstantSource clock;
  private volatile RequestLog requestLog = RequestLog.OFF;
  private final Traffic other = new Traffic();
  private final LongAdder connections = new LongAdder();
  private final LongAdder connectionsRefused = new LongAdder();
  private final LongAdder handshakes = new LongAdder();
  private final LongAdder handshakesFailed = new LongAdder();
  private final LongAdder requestsOpen = new LongAdder();

  TrafficMetrics(Optional<AccessLog> accessLog, InstantSource clock) {
    this.accessLog = accessLog;
    this.clock = clock;
  }

  void log(RequestLog log) {
    requestLog = log;
  }

  void connectionOpened() {
    connections.increment();
  }

  void connectionClosed() {
    connections.decrement();
  }

  void connectionRefused() {
    connectionsRefused.increment();
  }

  void handshakeDone() {
    handshakes.increment();
  }

  void handshakeFailed(Throwable cause) {
    handshakesFailed.increment();
    LOG.log(Level.DEBUG, "a TLS handshake failed", cause);
  }

  void connectionFailed(Throwable cause) {
    LOG.log(Level.DEBUG, "a client connection failed", cause);
  }

  void begun() {
    requestsOpen.increment();
  }

  long requestsOpen() {
    return requestsOpen.sum();
  }

  /// @param protocol that the client speaks
  void finished(ClientRequest request, Peer peer, String protocol, long nowNanos) {
    requestsOpen.decrement();
    Throttle throttle = request.throttle;
    (throttle == null ? other : throttle.traffic).record(request, nowNanos);
    if (accessLog.isPresent()) {
      accessLog.get().exchange(entry(request, peer, nowNanos));
    }
    RequestLog log = requestLog;
    if (throttle != null && !request.instance.isEmpty() && log.isOn()) {
      log.request(logged(request, throttle, peer, protocol, nowNanos));
    }
  }

  List<MetricFamily> families(Collection<Throttle> throttles) {
    List<Sample> requests = new ArrayList<>();
    List<Sample> durations = new ArrayList<>();
    List<Sample> inFlight = new ArrayList<>();
    List<Sample> waiting = new ArrayList<>();
    List<Sample> queued = new ArrayList<>();
    add("", "", other, requests, durations);
    for (Throttle throttle : throttles) {
      String namespace = throttle.revision().namespace();
      String name = throttle.revision().name();
      Map<String, String> labels = Map.of("namespace", namespace, "revision", name);
      RevisionStats stats = throttle.peek();
      add(namespace, name, throttle.traffic, requests, durations);
      inFlight.add(new Sample(labels, new MetricFamily.Value.Scalar(stats.inFlight())));
      waiting.add(new Sample(labels, new MetricFamily.Value.Scalar(stats.waiting())));
      queued.add(new Sample(labels, throttle.traffic.queued()));
    }
    return List.of(
        new MetricFamily(
            "ebb_gateway_requests", "Requests that are over.", MetricFamily.Type.COUNTER, requests),
        new MetricFamily(
            "ebb_gateway_request_duration_seconds",
            "From a request's arrival to the end of its response.",
            MetricFamily.Type.HISTOGRAM,
            durations),
        new MetricFamily(
            "ebb_gateway_in_flight", "Exchanges at instances.", MetricFamily.Type.GAUGE, inFlight),
        new MetricFamily(
            "ebb_gateway_queue_depth",
            "Requests that wait for an instance.",
            MetricFamily.Type.GAUGE,
            waiting),
        new MetricFamily(
            "ebb_gateway_queue_duration_seconds",
            "How long requests waited that found no instance free.",
            MetricFamily.Type.HISTOGRAM,
            queued),
        scalar(
            "ebb_gateway_connections", "Clients connected.", MetricFamily.Type.GAUGE, connections),
        scalar(
            "ebb_gateway_connections_refused",
            "Clients turned away because there were too many.",
            MetricFamily.Type.COUNTER,
            connectionsRefused),
        scalar(
            "ebb_gateway_tls_handshakes",
            "Handshakes of clients that got a certificate.",
            MetricFamily.Type.COUNTER,
            handshakes),
        scalar(
            "ebb_gateway_tls_handshakes_failed",
            "Clients that named a host without a certificate, or did not agree with us.",
            MetricFamily.Type.COUNTER,
            handshakesFailed));
  }

  private static void add(
      String namespace,
      String revision,
      Traffic traffic,
      List<Sample> requests,
      List<Sample> durations) {
    Map<String, Long> byClass = new TreeMap<>();
    traffic
        .requests()
        .forEach((status, count) ->
            byClass.merge(status == 0 ? "none" : status / 100 + "xx", count, Long::sum));
    byClass.forEach((codeClass, count) ->
        requests.add(
            new Sample(
                Map.of("namespace", namespace, "revision", revision, "code_class", codeClass),
                new MetricFamily.Value.Scalar(count))));
    durations.add(
        new Sample(Map.of("namespace", namespace, "revision", revision), traffic.duration()));
  }

  private static MetricFamily scalar(
      String name, String help, MetricFamily.Type type, LongAdder value) {
    return new MetricFamily(
        name,
        help,
        type,
        List.of(new Sample(Map.of(), new MetricFamily.Value.Scalar(value.sum()))));
  }

  private static RequestLog.Entry logged(
      ClientRequest request, Throttle throttle, Peer peer, String protocol, long nowNanos) {
    Map<String, String> headers = new HashMap<>();
    for (Map.Entry<String, String> header : request.message.headers()) {
      headers.merge(
          header.getKey().toLowerCase(Locale.ROOT),
          header.getValue(),
          (first, second) -> first + ", " + second);
    }
    String length = headers.getOrDefault("content-length", request.hasBody ? "-1" : "0");
    return new RequestLog.Entry(
        throttle.revision(),
        new InstanceId(request.instance),
        request.instanceAddress instanceof InetSocketAddress inet
            ? inet.getAddress().getHostAddress()
            : "",
        request.message.method().name(),
        request.message.uri(),
        request.target.authority(),
        protocol,
        peer.remote(),
        Long.parseLong(length),
        headers,
        request.status,
        request.responseBytes,
        Duration.ofNanos(nowNanos - request.arrivedAt));
  }

  private AccessLog.Entry entry(ClientRequest request, Peer peer, long nowNanos) {
    Route route = request.route;
    Throttle throttle = request.throttle;
    return new AccessLog.Entry(
        clock.instant(),
        peer.address(),
        request.message.method().name(),
        request.target.host(),
        request.target.path(),
        route == null ? "" : route.name(),
        throttle == null ? request.answeredBy : throttle.revision().toString(),
        request.instance,
        request.status,
        request.requestBytes,
        request.responseBytes,
        Duration.ofNanos(request.queuedNanos),
        Duration.ofNanos(nowNanos - request.arrivedAt),
        request.id);
  }
}

package dev.ebb.apiserver;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.Resources;
import dev.ebb.resources.rbac.Authorizer;
import io.helidon.webserver.http.Handler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// The Kubernetes API over [Resources], for kubectl and every other client of Kubernetes.
///
/// ```java
/// var server = new ApiServer(resources, authorizer, config, handlers, clock);
/// server.start();
/// System.out.println("KUBECONFIG=" + config.kubeconfig());
/// server.close();
/// ```
///
/// Each connection has a virtual thread. Closing ends the watches and other streams, lets requests
/// finish for a bounded time, and then cuts them.
///
/// @see <a href="https://kubernetes.io/docs/reference/using-api/api-concepts/">Kubernetes API
///   Concepts</a>
public final class ApiServer implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(ApiServer.class.getName());

  private final ApiServerConfig config;
  private final CertificateAuthority authority;
  private final BearerToken token;
  private final ServiceAccountTokens accounts;
  private final OpenStreams streams = new OpenStreams();
  private final Dispatcher dispatcher;
  private final AtomicBoolean ready = new AtomicBoolean(true);
  private final List<Listener> listeners = new ArrayList<>();
  private final List<Listener> secured = new ArrayList<>();
  private Optional<CertificateRenewal> renewal = Optional.empty();
  private int port;

  /// Reads or makes the token; listens only from [#start] on.
  ///
  /// @param authorizer asked before every request
  public ApiServer(
      Resources resources,
      Authorizer authorizer,
      ApiServerConfig config,
      Handlers handlers,
      InstantSource clock) {
    this(
        resources,
        authorizer,
        config,
        handlers,
        ServiceAccountTokens.open(
            resources, config.pki(), ServiceAccountTokens.RunningPods.NONE, clock),
        clock);
  }

  /// Reads or makes the token; listens only from [#start] on.
  ///
  /// @param authorizer asked before every request
  /// @param accounts with the key in the same directory
  public ApiServer(
      Resources resources,
      Authorizer authorizer,
      ApiServerConfig config,
      Handlers handlers,
      ServiceAccountTokens accounts,
      InstantSource clock) {
    this.config = config;
    this.authority = new CertificateAuthority(config.pki(), clock);
    this.token = BearerToken.readOrCreate(config.token());
    this.accounts = accounts;
    AccessControl access = new AccessControl(authorizer);
    Authenticator authenticator = new Authenticator(token, accounts, clock);
    List<SubresourceRoute> subresources = new ArrayList<>(handlers.subresources());
    subresources.add(new TokenRequests(resources, accounts).route());
    subresources.add(new PodEvictions(resources).route());
    ServedKinds kinds = new ServedKinds(resources.kinds(), handlers.computed());
    this.dispatcher =
        new Dispatcher(
            authenticator,
            access,
            config.version(),
            ready::get,
            handlers.paths(),
            new IssuerDiscovery(accounts.key(), this::url),
            new DiscoveryHandler(new Discovery(kinds, subresources)),
            new OpenApiHandler(new OpenApiDocuments(kinds)),
            new ResourceRouter(
                resources,
                new ResourceHandler(resources, access, clock),
                new WatchHandler(resources, System::nanoTime),
                new AccessReviews(authenticator, authorizer),
                new ComputedHandler(handlers.computed(), clock),
                subresources));
  }

  /// What other rooms answer.
  public record Handlers(
      List<PathRoute> paths, List<SubresourceRoute> subresources, List<ComputedResource> computed) {
    public static final Handlers NONE = new Handlers(List.of(), List.of());

    public Handlers(List<PathRoute> paths, List<SubresourceRoute> subresources) {
      this(paths, subresources, List.of());
    }

    public Handlers {
      paths = List.copyOf(paths);
      subresources = List.copyOf(subresources);
      computed = List.copyOf(computed);
    }
  }

  /// Makes certificates that are missing or about to end, listens, and writes the kubeconfig.
  ///
  /// @throws ListenException when an address cannot be used
  public void start() {
    CertificateAuthority.Identity identity = identity();
    try {
      listen(identity);
      config.socket().ifPresent(this::listenLocally);
      writeKubeconfig(identity);
      renewal =
          Optional.of(
              new CertificateRenewal(
                  identity,
                  this::identity,
                  next -> {
                    secured.forEach(listener -> listener.reload(next));
                    writeKubeconfig(next);
                  }));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /// The certificate that clients have to trust, in PEM; made when there is none.
  public String authorityPem() {
    return identity().authorityPem();
  }

  /// A token for a Secret of type `kubernetes.io/service-account-token`, which is good for as long
  /// as both the Secret and the ServiceAccount live.
  public String tokenFor(KubernetesObject serviceAccount, KubernetesObject secret) {
    return accounts.issueFor(serviceAccount, secret);
  }

  /// The port that the server listens on with TLS.
  public int port() {
    return port;
  }

  /// `https://127.0.0.1:6443`
  public String url() {
    InetAddress address = config.addresses().getFirst();
    String host = address.isAnyLocalAddress() ? "127.0.0.1" : CertificateNames.text(address);
    return "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /// Takes at most [ServerLimits#closeTime] for each listener. Idempotent.
  @Override
  public void close() {
    ready.set(false);
    renewal.ifPresent(CertificateRenewal::close);
    streams.close();
    listeners.reversed().forEach(Listener::close);
    listeners.clear();
  }

  /// How many responses are being streamed.
  int openStreams() {
    return streams.count();
  }

  private void listen(CertificateAuthority.Identity identity) {
    boolean first = true;
    port = config.port();
    for (InetAddress address : config.addresses()) {
      try {
        Listener listener =
            Listener.start(
                new InetSocketAddress(address, port),
                Optional.of(identity),
                config.limits(),
                handler(/* local= */ false));
        listeners.add(listener);
        secured.add(listener);
        port = listener.port();
      } catch (ListenException e) {
        if (first || e.inUse()) {
          throw e;
        }
        // A machine without IPv6 is no reason not to start.
        LOGGER.log(System.Logger.Level.INFO, e.getMessage());
      }
      first = false;
    }
  }

  private void listenLocally(Path socket) {
    UnixDomainSocketAddress address = UnixSocket.prepare(socket);
    listeners.add(
        Listener.start(address, Optional.empty(), config.limits(), handler(/* local= */ true)));
    UnixSocket.restrict(socket);
  }

  private Handler handler(boolean local) {
    return (request, response) -> {
      ClientConnection connection = ClientConnection.CURRENT.get();
      connection.input().headArrived();
      try {
        dispatcher.handle(
            new HelidonExchange(request, response, connection, streams, config.limits()), local);
      } finally {
        connection.input().requestEnded();
      }
    };
  }

  private void writeKubeconfig(CertificateAuthority.Identity identity) {
    try {
      PrivateFiles.write(
          config.kubeconfig(), Kubeconfig.text(url(), identity.authorityPem(), token));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + config.kubeconfig(), e);
    }
  }

  private CertificateAuthority.Identity identity() {
    return authority.server(config.addresses(), hostname());
  }

  /// Renews the certificate if it has to be, as happens twice a day.
  void checkCertificate() {
    renewal.ifPresent(CertificateRenewal::check);
  }

  private static Optional<String> hostname() {
    // InetAddress.getLocalHost would ask DNS; the kernel knows the name without it.
    try {
      return Optional.of(Files.readString(Path.of("/proc/sys/kernel/hostname")).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}

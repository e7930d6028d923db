package dev.ebb.images.distribution;

import dev.ebb.images.distribution.HttpTransport.Request;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Where to ask for the images of a host: its mirrors, then itself.
final class Endpoints {
  // Docker Hub's protocol is spoken at another name than its images have.
  private static final URI DOCKER_HUB = URI.create("https://registry-1.docker.io");

  private final RegistriesConfig config;
  private final HttpTransport transport;
  private final Map<String, Endpoint> probed = new ConcurrentHashMap<>();

  Endpoints(RegistriesConfig config, HttpTransport transport) {
    this.config = config;
    this.transport = transport;
  }

  /// The mirrors of a host.
  List<Endpoint> mirrors(String host) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (var url : config.mirrors().getOrDefault(host, List.of())) {
      // Whoever names a mirror by http: means it.
      boolean verified = url.getScheme().equals("https") && !isInsecure(url.getRawAuthority());
      endpoints.add(new Endpoint(url, url.getRawAuthority(), verified));
    }
    return endpoints;
  }

  /// The host itself. One that may speak plain HTTP is asked which it does.
  ///
  /// @throws IOException when it does not answer
  Endpoint origin(String host) throws IOException, InterruptedException {
    if (host.equals(ImageReference.DOCKER_HUB)) {
      return new Endpoint(DOCKER_HUB, host, true);
    }
    if (!isInsecure(host)) {
      return new Endpoint(URI.create("https://" + host), host, true);
    }
    var known = probed.get(host);
    if (known != null) {
      return known;
    }
    var endpoint = new Endpoint(probe(host), host, false);
    probed.put(host, endpoint);
    return endpoint;
  }

  /// After a failure: the next request asks again what the host speaks.
  void forget(Endpoint endpoint) {
    probed.remove(endpoint.host(), endpoint);
  }

  private boolean isInsecure(String host) {
    return config.insecure().contains(host) || Hosts.isLoopback(Hosts.withoutPort(host));
  }

  /// On a port of its own a server of TLS refuses plain HTTP at once, but one of plain HTTP may
  /// wait for the rest of what it takes for a line; without a port, the two have different ones.
  private URI probe(String host) throws IOException, InterruptedException {
    boolean hasPort = !Hosts.withoutPort(host).equals(host);
    var first = URI.create((hasPort ? "http://" : "https://") + host);
    var second = URI.create((hasPort ? "https://" : "http://") + host);
    try {
      return answering(first);
    } catch (IOException e) {
      return otherwise(second, e);
    }
  }

  private URI otherwise(URI second, IOException first) throws IOException, InterruptedException {
    try {
      return answering(second);
    } catch (IOException e) {
      if (first instanceof ConnectException) {
        first.addSuppressed(e);
        throw first;
      }
      e.addSuppressed(first);
      throw e;
    }
  }

  private URI answering(URI base) throws IOException, InterruptedException {
    var url = URI.create(base + "/v2/");
    var response = transport.send(new Request("GET", url, false, Map.of(), ""));
    response.body().close();
    if (response.statusCode() == 400) {
      throw new IOException("it does not understand " + base.getScheme());
    }
    // A redirect to the other one is an answer too.
    return URI.create(response.uri().getScheme() + "://" + base.getRawAuthority());
  }
}

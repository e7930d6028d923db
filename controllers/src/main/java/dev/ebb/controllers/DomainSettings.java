package dev.ebb.controllers;

import dev.ebb.controllers.Encryption.Scheme;
import dev.ebb.kinds.Names;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.settings.NetworkSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// Which names a Route has, from the ConfigMap `config-domain`: of the domains whose selector
/// matches, the one with the most labels counts.
///
/// @param network with the templates of hosts
/// @param portSuffix what a URL carries behind the domain: `:8080`, or empty for 80
/// @param httpsPort where the gateway speaks TLS
/// @param hidden names, of Routes or of their tags, that are cluster-local although no label of the
///   Route says so
record DomainSettings(
    List<Domain> domains,
    NetworkSettings network,
    String portSuffix,
    int httpsPort,
    Predicate<ObjectKey> hidden) {
  private static final int USUAL_HTTPS_PORT = 443;

  static final String DEFAULT_DOMAIN = "localhost";
  static final String CLUSTER_DOMAIN = "svc.cluster.local";

  /// Where clients of Ebb deploy, and where those of OpenFaaS do.
  private static final Set<String> SHORT_PATHS = Set.of("default", "openfaas-fn");

  DomainSettings {
    domains = List.copyOf(domains);
  }

  record Domain(String name, Map<String, String> selector) {
    Domain {
      selector = Map.copyOf(selector);
    }
  }

  /// @param selectors the labels that a Route must have, by domain
  static DomainSettings of(
      Map<String, Map<String, String>> selectors,
      NetworkSettings network,
      String portSuffix,
      int httpsPort) {
    List<Domain> domains = new ArrayList<>();
    selectors.forEach((name, selector) -> domains.add(new Domain(name, selector)));
    // The order of the names decides between equals, as it must decide the same way each time.
    domains.sort(
        Comparator.comparingInt((Domain domain) -> -domain.selector().size())
            .thenComparing(Domain::name));
    return new DomainSettings(domains, network, portSuffix, httpsPort, name -> false);
  }

  DomainSettings hiding(Predicate<ObjectKey> names) {
    return new DomainSettings(domains, network, portSuffix, httpsPort, names);
  }

  String domain(Map<String, String> labels) {
    return domains.stream()
        .filter(domain -> labels.entrySet().containsAll(domain.selector().entrySet()))
        .map(Domain::name)
        .findFirst()
        .orElse(DEFAULT_DOMAIN);
  }

  /// The host that a Route's `status.url` names.
  String publicHost(ObjectKey route, Map<String, String> labels, Map<String, String> annotations) {
    if (isClusterLocal(route, labels)) {
      return clusterHost(route);
    }
    String domain = domain(labels);
    String host =
        network
            .domainTemplate()
            .execute(
                NetworkSettings.domainSubject(
                    route.name(), route.namespace(), domain, labels, annotations))
            .toLowerCase(Locale.ROOT);
    // A template may ask for an annotation that this Route does not have.
    return Names.dns1123Subdomain(host).isEmpty()
        ? host
        : route.name() + "." + route.namespace() + "." + domain;
  }

  /// What stands for the Route in the hosts of one of its tags.
  ObjectKey tagged(ObjectKey route, String tag) {
    String name = network.tagTemplate().execute(NetworkSettings.tagSubject(route.name(), tag));
    return new ObjectKey(route.namespace(), name.toLowerCase(Locale.ROOT));
  }

  /// Names within the cluster have neither port nor TLS, whatever the scheme of others is.
  String url(Scheme scheme, String host) {
    if (host.endsWith("." + CLUSTER_DOMAIN)) {
      return "http://" + host;
    }
    return switch (scheme) {
      case HTTP -> "http://" + host + portSuffix;
      case HTTPS -> "https://" + host + (httpsPort == USUAL_HTTPS_PORT ? "" : ":" + httpsPort);
      case HTTPS_ELSEWHERE -> "https://" + host;
    };
  }

  /// Every name that requests may use. What was told before is kept while it is found out again.
  List<String> hosts(ObjectKey route, Map<String, String> labels, Map<String, String> annotations) {
    String name = route.name() + "." + route.namespace();
    List<String> hosts = new ArrayList<>();
    if (!isClusterLocal(route, labels)) {
      hosts.add(publicHost(route, labels, annotations));
    }
    hosts.add(clusterHost(route));
    hosts.add(name + ".svc");
    hosts.add(name);
    hosts.replaceAll(String::intern);
    return hosts;
  }

  /// Paths lead to a service where its name does not resolve; in the namespaces that clients of Ebb
  /// and of OpenFaaS deploy to it needs no second part. Where both have a service of one name, the
  /// path is that of the namespace `default`.
  List<String> paths(ObjectKey route, Map<String, String> labels) {
    if (isClusterLocal(route, labels)) {
      return List.of();
    }
    String qualified = ("/function/" + route.name() + "." + route.namespace()).intern();
    return SHORT_PATHS.contains(route.namespace())
        ? List.of(("/function/" + route.name()).intern(), qualified)
        : List.of(qualified);
  }

  static String clusterHost(ObjectKey route) {
    return (route.name() + "." + route.namespace() + "." + CLUSTER_DOMAIN).intern();
  }

  /// Whether only clients inside use this host of a Route or tag: `NAME.NAMESPACE`, alone or with
  /// what stands behind it in the cluster's own names.
  static boolean isInside(String host, String namespace) {
    int dot = host.indexOf('.');
    String behind = dot < 0 ? "" : host.substring(dot + 1);
    return behind.equals(namespace)
        || behind.equals(namespace + ".svc")
        || behind.equals(namespace + "." + CLUSTER_DOMAIN);
  }

  boolean isClusterLocal(ObjectKey name, Map<String, String> labels) {
    return isClusterLocal(labels) || hidden.test(name);
  }

  static boolean isClusterLocal(Map<String, String> labels) {
    return "cluster-local".equals(labels.get(Labels.VISIBILITY));
  }
}

package dev.ebb.kinds.api;

import static java.util.Objects.requireNonNull;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.Schema;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// All types of Kubernetes's own API. A group is read at its first use, a type at its first.
/// Thread-safe.
public final class ApiTypes {
  /// Types never change, so there is one set of them.
  public static final ApiTypes KUBERNETES = new ApiTypes();

  /// One group and version.
  ///
  /// @param name the first word of the group, and the version: `networking.v1`
  /// @param files without `.types`
  private record ApiPackage(String name, String group, List<String> files) {
    static ApiPackage of(String name, String group) {
      return new ApiPackage(name, group, List.of(name.replace('.', '-')));
    }
  }

  private static final Map<String, ApiPackage> PACKAGES =
      List.of(
              new ApiPackage(
                  "core.v1",
                  "",
                  List.of(
                      "core-v1",
                      "core-v1-pods",
                      "core-v1-containers",
                      "core-v1-volumes",
                      "core-v1-persistentvolumes")),
              ApiPackage.of("meta.v1", "meta.k8s.io"),
              ApiPackage.of("apps.v1", "apps"),
              ApiPackage.of("batch.v1", "batch"),
              ApiPackage.of("autoscaling.v1", "autoscaling"),
              ApiPackage.of("autoscaling.v2", "autoscaling"),
              ApiPackage.of("policy.v1", "policy"),
              ApiPackage.of("networking.v1", "networking.k8s.io"),
              ApiPackage.of("networking.v1beta1", "networking.k8s.io"),
              ApiPackage.of("coordination.v1", "coordination.k8s.io"),
              ApiPackage.of("discovery.v1", "discovery.k8s.io"),
              ApiPackage.of("events.v1", "events.k8s.io"),
              ApiPackage.of("admissionregistration.v1", "admissionregistration.k8s.io"),
              ApiPackage.of("apiregistration.v1", "apiregistration.k8s.io"),
              ApiPackage.of("storage.v1", "storage.k8s.io"),
              ApiPackage.of("scheduling.v1", "scheduling.k8s.io"),
              ApiPackage.of("node.v1", "node.k8s.io"),
              ApiPackage.of("flowcontrol.v1", "flowcontrol.apiserver.k8s.io"),
              ApiPackage.of("rbac.v1", "rbac.authorization.k8s.io"),
              ApiPackage.of("metrics.v1beta1", "metrics.k8s.io"),
              ApiPackage.of("authentication.v1", "authentication.k8s.io"),
              ApiPackage.of("authorization.v1", "authorization.k8s.io"))
          .stream()
          .collect(Collectors.toUnmodifiableMap(ApiPackage::name, each -> each));

  private final Map<String, TypeReader> readers = new ConcurrentHashMap<>();
  private final Map<String, Optional<ApiType>> types = new ConcurrentHashMap<>();
  private final ApiSchemas schemas = new ApiSchemas(this);

  private ApiTypes() {}

  /// Of a kind of Kubernetes; empty for any other.
  public Optional<ApiType> ofKind(GroupVersionKind kind) {
    String group = kind.group().isEmpty() ? "core" : kind.group().split("\\.", 2)[0];
    ApiPackage home = PACKAGES.get(group + "." + kind.version());
    return home == null || !home.group().equals(kind.group())
        ? Optional.empty()
        : find(home.name() + "." + kind.kind()).filter(ApiType::kind);
  }

  /// @param name whole: `core.v1.PodSpec`
  /// @throws IllegalArgumentException if there is no such type
  public ApiType type(String name) {
    return find(name)
        .orElseThrow(() -> new IllegalArgumentException("no type of the API is called " + name));
  }

  /// The schema of a kind, made when it is used.
  ///
  /// @throws IllegalArgumentException at the use, if there is no such kind
  public Schema schema(String apiVersion, String kind) {
    return schemas.schema(GroupVersionKind.of(apiVersion, kind));
  }

  /// A name is a type or an enum.
  public ValueType resolve(ValueType.Named named) {
    return reader(named.type())
        .flatMap(reader -> reader.choice(simpleName(named.type())))
        .<ValueType>map(ValueType.Choice::new)
        .orElse(named);
  }

  /// The names of all packages, for tests.
  static List<String> packages() {
    return PACKAGES.keySet().stream().sorted().toList();
  }

  /// The resources of a package, for tests.
  static List<String> files(String packageName) {
    return requireNonNull(PACKAGES.get(packageName)).files();
  }

  private Optional<ApiType> find(String name) {
    Optional<ApiType> present = types.get(name);
    if (present != null) {
      return present;
    }
    Optional<ApiType> read = reader(name).flatMap(reader -> reader.type(simpleName(name)));
    // Names may come from clients, so what is not found is not kept.
    read.ifPresent(type -> types.put(name, read));
    return read;
  }

  private Optional<TypeReader> reader(String typeName) {
    String packageName = typeName.substring(0, typeName.lastIndexOf('.'));
    return Optional.ofNullable(PACKAGES.get(packageName))
        .map(found -> readers.computeIfAbsent(packageName, absent -> load(found)));
  }

  private static String simpleName(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static TypeReader load(ApiPackage from) {
    List<String> lines = new ArrayList<>();
    for (String file : from.files()) {
      InputStream stream = ApiTypes.class.getResourceAsStream(file + ".types");
      try (BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(requireNonNull(stream, file), StandardCharsets.UTF_8))) {
        reader.lines().forEach(lines::add);
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }
    return new TypeReader(from.name(), lines.stream());
  }
}

package dev.ebb.node;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.dataplane.EnvironmentVariable;
import dev.ebb.dataplane.ReferenceResolver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The variables of one instance: the platform's defaults, then the user's in their order, then the
/// contract's, which nobody overrides. `$(NAME)` in a value stands for an earlier variable and
/// `$$(NAME)` for itself, as Kubernetes has it (EnvVar.value).
public final class Environment {
  private static final Pattern REFERENCE = Pattern.compile("\\$(\\$|\\(([^()=]+)\\))");

  /// Where the instance listens; also the mark by which all that comes from it is known.
  public static final String SOCKET = "EBB_SOCKET";

  private final String namespace;
  private final ReferenceResolver resolver;
  private final Function<String, Optional<String>> fields;
  private final Function<EnvironmentVariable.ResourceField, String> resources;
  private final Map<String, String> variables = new LinkedHashMap<>();

  /// @param fields values of the Pod's fields by their path
  Environment(String namespace, ReferenceResolver resolver, Map<String, String> fields) {
    this(
        namespace,
        resolver,
        path -> Optional.ofNullable(fields.get(path)),
        one -> {
          throw new StartRefusedException(
              "CreateFailed", "variable " + one.name() + ": resourceFieldRef is not known", true);
        });
  }

  /// @param fields values of the Pod's fields by their path; empty for one that it does not have
  /// @param resources values of the containers' limits and requests
  public Environment(
      String namespace,
      ReferenceResolver resolver,
      Function<String, Optional<String>> fields,
      Function<EnvironmentVariable.ResourceField, String> resources) {
    this.namespace = namespace;
    this.resolver = resolver;
    this.fields = fields;
    this.resources = resources;
  }

  /// Whether a process was started with this variable; false for one of another user.
  ///
  /// @param variable with its value, `NAME=VALUE`
  static boolean has(long pid, String variable) {
    try {
      // Latin-1 gives each byte a character, whatever the bytes are.
      var marker = new String((variable + "\0").getBytes(UTF_8), ISO_8859_1);
      var all = Files.readString(Path.of("/proc/" + pid + "/environ"), ISO_8859_1);
      return all.startsWith(marker) || all.contains("\0" + marker);
    } catch (IOException e) {
      return false;
    }
  }

  public void put(String name, String value) {
    if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
      throw new StartRefusedException(
          "CreateFailed", "'" + name + "' cannot be the name of an environment variable", false);
    }
    if (value.indexOf('\0') >= 0) {
      throw new StartRefusedException(
          "CreateFailed", "environment variable " + name + " has a zero byte", false);
    }
    variables.put(name, value);
  }

  /// @throws StartRefusedException `CreateContainerConfigError` when a reference that is not
  ///   optional leads nowhere
  public void add(EnvironmentVariable variable) {
    switch (variable) {
      case EnvironmentVariable.Value one -> put(one.name(), expand(one.value()));
      case EnvironmentVariable.PodField one -> put(one.name(), field(one.fieldPath()));
      case EnvironmentVariable.ResourceField one -> put(one.name(), resources.apply(one));
      case EnvironmentVariable.SecretKey one ->
          one(one.name(), secret(one.secret()), "Secret", one.secret(), one.key(), one.optional());
      case EnvironmentVariable.ConfigMapKey one ->
          one(
              one.name(),
              resolver.configMap(namespace, one.configMap()),
              "ConfigMap",
              one.configMap(),
              one.key(),
              one.optional());
      case EnvironmentVariable.AllOfSecret all ->
          all(secret(all.secret()), "Secret", all.secret(), all.prefix(), all.optional());
      case EnvironmentVariable.AllOfConfigMap all ->
          all(
              resolver.configMap(namespace, all.configMap()),
              "ConfigMap",
              all.configMap(),
              all.prefix(),
              all.optional());
    }
  }

  public Map<String, String> variables() {
    return variables;
  }

  private Optional<Map<String, String>> secret(String name) {
    return resolver
        .secret(namespace, name)
        .map(data -> {
          var texts = new LinkedHashMap<String, String>();
          data.forEach((key, bytes) -> texts.put(key, new String(bytes, UTF_8)));
          return texts;
        });
  }

  private void one(
      String variable,
      Optional<Map<String, String>> data,
      String kind,
      String name,
      String key,
      boolean optional) {
    var value = data.flatMap(values -> Optional.ofNullable(values.get(key)));
    if (value.isPresent()) {
      put(variable, value.get());
    } else if (!optional) {
      throw data.isEmpty()
          ? missing(kind, name)
          : refused("couldn't find key %s in %s %s/%s".formatted(key, kind, namespace, name));
    }
  }

  private void all(
      Optional<Map<String, String>> data,
      String kind,
      String name,
      String prefix,
      boolean optional) {
    if (data.isEmpty() && !optional) {
      throw missing(kind, name);
    }
    data.orElse(Map.of()).forEach((key, value) -> put(prefix + key, value));
  }

  private static StartRefusedException missing(String kind, String name) {
    return refused("%s \"%s\" not found".formatted(kind.toLowerCase(Locale.ROOT), name));
  }

  /// In the kubelet's words; who makes what is missing needs to do nothing else.
  private static StartRefusedException refused(String why) {
    return new StartRefusedException("CreateContainerConfigError", why, false);
  }

  private String field(String path) {
    return fields
        .apply(path)
        .orElseThrow(() ->
            new StartRefusedException(
                "CreateFailed", "the Pod's field '" + path + "' is not known here", false));
  }

  /// With `$(NAME)` replaced by what there is until now.
  public String expand(String value) {
    return REFERENCE.matcher(value).replaceAll(this::expand);
  }

  private String expand(MatchResult match) {
    var name = match.group(2);
    if (name == null) {
      return Matcher.quoteReplacement("$");
    }
    var value = variables.get(name);
    return Matcher.quoteReplacement(value == null ? match.group() : value);
  }
}

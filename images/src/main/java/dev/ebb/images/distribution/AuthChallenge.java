package dev.ebb.images.distribution;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// How a registry wants to be asked: one challenge of a `WWW-Authenticate` header (RFC 9110,
/// 11.6.1).
///
/// @param scheme lower case: `basic`, `bearer`
/// @param parameters names in lower case
record AuthChallenge(String scheme, Map<String, String> parameters) {
  private static final int HEADER_CHARACTERS = 8192;
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]++";
  private static final Pattern SCHEME = Pattern.compile("\\G[\\s,]*+(" + TOKEN + ")(?=[\\s,]|$)");
  private static final Pattern PARAMETER =
      Pattern.compile(
          "\\G[\\s,]*+(" + TOKEN + ")\\s*+=\\s*+(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([^\\s,\"]*+))");

  /// The challenge to answer: of a token server, else of name and password.
  static Optional<AuthChallenge> choose(List<String> headers) {
    var all = headers.stream().flatMap(it -> parse(it).stream()).toList();
    return all.stream()
        .filter(it -> it.scheme.equals("bearer") && !it.parameter("realm").isEmpty())
        .findFirst()
        .or(() -> all.stream().filter(it -> it.scheme.equals("basic")).findFirst());
  }

  String parameter(String name) {
    return parameters.getOrDefault(name, "");
  }

  static List<AuthChallenge> parse(String header) {
    List<AuthChallenge> challenges = new ArrayList<>();
    if (header.length() > HEADER_CHARACTERS) {
      return challenges;
    }
    var scheme = SCHEME.matcher(header);
    int position = 0;
    while (position < header.length() && scheme.find(position)) {
      Map<String, String> parameters = new HashMap<>();
      position = scheme.end();
      var parameter = PARAMETER.matcher(header);
      while (position < header.length() && parameter.find(position)) {
        var quoted = parameter.group(2);
        parameters.putIfAbsent(
            parameter.group(1).toLowerCase(Locale.ROOT),
            quoted == null ? parameter.group(3) : quoted.replaceAll("\\\\(.)", "$1"));
        position = parameter.end();
      }
      challenges.add(
          new AuthChallenge(scheme.group(1).toLowerCase(Locale.ROOT), Map.copyOf(parameters)));
    }
    return challenges;
  }
}

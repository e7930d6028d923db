package dev.ebb.apiserver;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One entry of an `Accept` header, or a `Content-Type` (RFC 9110, sections 8.3 and 12.5.1).
///
/// @param type lower case: `application/json`, `*/*`
/// @param parameters without `q`; names in lower case
record MediaRange(String type, Map<String, String> parameters, double quality) {
  MediaRange {
    parameters = Map.copyOf(parameters);
  }

  String parameter(String name) {
    return parameters.getOrDefault(name, "");
  }

  /// The best first; those of equal quality in the order of the header. Refused ones (`q=0`) are
  /// left out.
  static List<MediaRange> parseAccept(String header) {
    List<MediaRange> ranges = new ArrayList<>();
    for (String entry : header.split(",", -1)) {
      MediaRange range = parse(entry);
      if (!range.type().isEmpty() && range.quality() > 0) {
        ranges.add(range);
      }
    }
    ranges.sort((a, b) -> Double.compare(b.quality(), a.quality()));
    return ranges;
  }

  static MediaRange parse(String entry) {
    String[] parts = entry.split(";", -1);
    Map<String, String> parameters = new LinkedHashMap<>();
    double quality = 1;
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      if (equals < 0) {
        continue;
      }
      String name = parts[i].substring(0, equals).strip().toLowerCase(Locale.ROOT);
      String value = unquoted(parts[i].substring(equals + 1).strip());
      if (name.equals("q")) {
        quality = quality(value);
      } else {
        parameters.put(name, value);
      }
    }
    return new MediaRange(parts[0].strip().toLowerCase(Locale.ROOT), parameters, quality);
  }

  private static String unquoted(String value) {
    return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
        ? value.substring(1, value.length() - 1)
        : value;
  }

  private static double quality(String value) {
    try {
      return Math.clamp(Double.parseDouble(value), 0.0, 1.0);
    } catch (NumberFormatException e) {
      return 1;
    }
  }
}

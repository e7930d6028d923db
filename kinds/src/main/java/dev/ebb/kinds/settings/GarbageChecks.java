package dev.ebb.kinds.settings;

import dev.ebb.kinds.GoDuration;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// What the ConfigMap `config-gc` may hold.
final class GarbageChecks {
  private static final String DISABLED = "disabled";
  private static final String LEAST = "min-non-active-revisions";
  private static final String MOST = "max-non-active-revisions";

  private GarbageChecks() {}

  /// @throws InvalidSettingException for what cannot be used
  static void check(Map<String, String> configGc) {
    SettingValues values = new SettingValues(configGc);
    long least;
    try {
      least = values.int64(20, LEAST);
    } catch (InvalidSettingException e) {
      throw new InvalidSettingException("failed to parse data: " + e.getMessage(), e);
    }
    duration(values, "retain-since-create-time");
    duration(values, "retain-since-last-active-time");
    String text = values.text("", MOST);
    long most = 1000;
    if (text.equalsIgnoreCase(DISABLED)) {
      most = Long.MAX_VALUE;
    } else if (!text.isEmpty()) {
      if (!text.matches("[0-9]{1,18}")) {
        throw new InvalidSettingException(
            "failed to parse %s: strconv.ParseUint: parsing %s: invalid syntax"
                .formatted(MOST, SettingValues.quote(text)));
      }
      most = Long.parseLong(text);
    }
    if (least < 0) {
      throw new InvalidSettingException("%s must be non-negative, was: %d".formatted(LEAST, least));
    }
    if (least > most) {
      throw new InvalidSettingException(
          "%s(%d) must be <= %s(%d)".formatted(LEAST, least, MOST, most));
    }
  }

  private static void duration(SettingValues values, String key) {
    String text = values.text("", key);
    if (text.isEmpty() || text.equalsIgnoreCase(DISABLED)) {
      return;
    }
    Optional<Duration> duration = GoDuration.parse(text);
    String problem =
        duration.isEmpty() ? SettingValues.durationProblem(text) : "must be non-negative";
    if (duration.filter(it -> !it.isNegative()).isEmpty()) {
      throw new InvalidSettingException("failed to parse %s: %s".formatted(key, problem));
    }
  }
}

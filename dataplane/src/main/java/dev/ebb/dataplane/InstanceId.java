package dev.ebb.dataplane;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.UUID;
import java.util.regex.Pattern;

/// The name of an instance, unique on this machine for all time: also the name of its Pod.
public record InstanceId(String value) {
  private static final Pattern UID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  /// Whether a Pod that stands alone gave it its name, by its UID.
  public boolean isPodUid() {
    return UID.matcher(value).matches();
  }

  /// The `metadata.uid` of its Pod: the same wherever it is asked for, before there is a Pod and
  /// after the server has been started again.
  public String podUid() {
    return isPodUid() ? value : UUID.nameUUIDFromBytes(value.getBytes(UTF_8)).toString();
  }

  @Override
  public String toString() {
    return value;
  }
}

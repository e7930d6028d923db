package dev.ebb.images.layers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The records of a pax header, `LENGTH KEY=VALUE\n` each, which overrule the fields of the header
/// that follows (POSIX.1-2017 `pax`, "pax Extended Header").
final class PaxRecords {
  static final PaxRecords NONE = new PaxRecords(Map.of());
  private static final String ATTRIBUTE = "SCHILY.xattr.";

  private final Map<String, String> records;

  private PaxRecords(Map<String, String> records) {
    this.records = records;
  }

  static PaxRecords parse(byte[] bytes) {
    var records = new LinkedHashMap<String, String>();
    int at = 0;
    while (at < bytes.length && bytes[at] != 0) {
      int length = 0;
      int digits = at;
      while (digits < bytes.length && bytes[digits] >= '0' && bytes[digits] <= '9') {
        length = length * 10 + (bytes[digits] - '0');
        if (length > bytes.length) {
          throw malformed();
        }
        digits++;
      }
      int end = at + length;
      if (digits == at || end > bytes.length || end <= digits + 1 || bytes[digits] != ' ') {
        throw malformed();
      }
      if (bytes[end - 1] != '\n') {
        throw malformed();
      }
      add(records, new String(bytes, digits + 1, end - digits - 2, ISO_8859_1));
      at = end;
    }
    return new PaxRecords(records);
  }

  private static void add(Map<String, String> records, String record) {
    int equals = record.indexOf('=');
    if (equals <= 0) {
      throw malformed();
    }
    var key = record.substring(0, equals);
    var value = record.substring(equals + 1);
    // Version 0.0 of GNU's sparse files repeats two keys: they are joined as version 0.1 has them.
    if (key.equals("GNU.sparse.offset") || key.equals("GNU.sparse.numbytes")) {
      records.merge("GNU.sparse.map", value, (map, more) -> map + "," + more);
    } else {
      records.put(key, value);
    }
  }

  Optional<String> text(String key) {
    // An empty value means that there is none (POSIX).
    return Optional.ofNullable(records.get(key)).filter(value -> !value.isEmpty());
  }

  OptionalLong number(String key) {
    var value = text(key);
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(value.get()));
    } catch (NumberFormatException e) {
      throw malformed();
    }
  }

  Map<String, byte[]> attributes() {
    var attributes = new LinkedHashMap<String, byte[]>();
    records.forEach((key, value) -> {
      if (key.startsWith(ATTRIBUTE)) {
        attributes.put(key.substring(ATTRIBUTE.length()), value.getBytes(ISO_8859_1));
      }
    });
    return attributes;
  }

  private static RuntimeException malformed() {
    return TarHeader.invalid("a pax header is malformed");
  }
}

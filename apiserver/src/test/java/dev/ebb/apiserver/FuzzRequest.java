package dev.ebb.apiserver;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// One generated request, before it is bytes.
///
/// @param body its bytes as ISO 8859-1
/// @param declaredLength what `Content-Length` says; negative for a chunked body
/// @param wellFormed whether it is HTTP at all: then there must be an answer
record FuzzRequest(
    String method,
    String target,
    List<String> headers,
    String body,
    int declaredLength,
    boolean wellFormed) {
  FuzzRequest {
    headers = List.copyOf(headers);
  }

  byte[] bytes() {
    List<String> lines = new ArrayList<>();
    lines.add(method + " " + target + " HTTP/1.1");
    lines.add("Host: localhost");
    lines.addAll(headers);
    byte[] content = body.getBytes(StandardCharsets.ISO_8859_1);
    boolean chunked = declaredLength < 0;
    if (chunked) {
      lines.add("Transfer-Encoding: chunked");
    } else if (declaredLength > 0) {
      lines.add("Content-Length: " + declaredLength);
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
    if (chunked && content.length > 0) {
      all.writeBytes(ascii(Integer.toHexString(content.length) + "\r\n"));
      all.writeBytes(content);
      all.writeBytes(ascii("\r\n"));
    } else {
      all.writeBytes(content);
    }
    if (chunked) {
      all.writeBytes(ascii("0\r\n\r\n"));
    }
    return all.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// For a person who wants to send it again; a long body is cut.
  @Override
  public String toString() {
    String shown = body.length() > 2000 ? body.substring(0, 2000) + "... " + body.length() : body;
    return "%s %s%n%s%n%n%s"
        .formatted(
            method,
            target,
            headers.stream().collect(Collectors.joining(System.lineSeparator())),
            shown);
  }
}

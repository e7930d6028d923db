package dev.ebb.apiserver;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One request and its response, as handlers see it. Belongs to one thread.
public interface Exchange {
  String method();

  /// As sent: percent-encoded, without the query.
  String path();

  /// The first value of a query parameter, decoded.
  Optional<String> query(String name);

  List<String> queryAll(String name);

  /// As sent, without the question mark; empty when there is none.
  String rawQuery();

  /// The value of a header; several of one name are joined with commas.
  Optional<String> header(String name);

  /// All headers, with names in lower case.
  Map<String, List<String>> headers();

  User user();

  /// The whole body. May be called once.
  ///
  /// @throws dev.ebb.resources.ApiException 413 when it is larger than the server allows
  byte[] body();

  /// Whether the request has a body.
  boolean hasBody();

  /// The body as it comes, of any length; instead of [#body]. A client that waits for it is told to
  /// send. May be read on another thread, while the response is sent.
  InputStream bodyStream();

  /// As [#bodyStream()], but a client that sends nothing for longer than `idle` is cut off.
  InputStream bodyStream(Duration idle);

  /// Calls back from another thread when the client goes before it has its answer. To be called
  /// when there is no body, or it was read to its end. Must not block.
  void onClientGone(Runnable gone);

  /// Sets a header of the response; to be called before the response begins.
  default void setHeader(String name, String value) {
    setHeader(name, List.of(value));
  }

  void setHeader(String name, List<String> values);

  /// Adds a `Warning: 299` header, which kubectl prints.
  void warn(String text);

  /// Sends the whole response.
  void respond(int status, String contentType, byte[] body);

  /// Begins a response of unknown length.
  ///
  /// @param onEnd called once, from another thread, as soon as the client has gone or the server
  ///   closes: whatever the handler waits for should end then. Must not block
  ResponseStream stream(int status, String contentType, Runnable onEnd);

  /// Answers `101 Switching Protocols`, with the headers that were set, and hands over the bytes of
  /// the connection. The connection ends when the handler returns or throws.
  ///
  /// @param protocol for the header `Upgrade`
  /// @throws dev.ebb.resources.ApiException 400 when the request has a body, 429 when too many
  ///   connections are taken over already
  void upgrade(String protocol, UpgradeHandler handler) throws IOException;
}

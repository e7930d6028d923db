package dev.ebb.gateway;

import io.netty.handler.codec.http.HttpContent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// What was sent of a request's body, as long as all of it may have to be sent again. Belongs to an
/// event loop.
final class SentBody {
  /// A body of more bytes is sent once: it would have to wait here for the response.
  private static final int MOST_BYTES = 64 * 1024;

  private final List<HttpContent> pieces = new ArrayList<>(2);
  private int bytes;
  private boolean lost;

  void add(HttpContent piece) {
    bytes += piece.content().readableBytes();
    if (lost || bytes > MOST_BYTES) {
      forget();
    } else {
      pieces.add(piece.retainedDuplicate());
    }
  }

  /// Whether nothing was sent, or all of it is here.
  boolean isWhole() {
    return !lost;
  }

  void sendAgain(Consumer<Object> to) {
    pieces.forEach(piece -> to.accept(piece.retainedDuplicate()));
  }

  /// Nothing is sent again from now on.
  void forget() {
    lost = true;
    pieces.forEach(HttpContent::release);
    pieces.clear();
  }
}

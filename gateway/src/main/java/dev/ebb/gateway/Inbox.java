package dev.ebb.gateway;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// What a client has sent and nobody has taken yet: pipelined requests, and content that the
/// instance is too slow for.
final class Inbox {
  /// Two receive buffers: enough to keep the instance busy while the next bytes come.
  private static final int ENOUGH_BYTES = 128 * 1024;

  private static final int ENOUGH_OBJECTS = 64;

  private final ArrayDeque<HttpObject> objects = new ArrayDeque<>();
  private int bytes;

  boolean isEmpty() {
    return objects.isEmpty();
  }

  /// Whether the socket can go on being read. What one read brings is taken in any case.
  boolean hasRoom() {
    return bytes < ENOUGH_BYTES && objects.size() < ENOUGH_OBJECTS;
  }

  void add(HttpObject object) {
    objects.add(object);
    bytes += bytes(object);
  }

  @Nullable HttpObject peek() {
    return objects.peek();
  }

  /// The first object is the caller's from now on.
  void removeFirst() {
    bytes -= bytes(objects.removeFirst());
  }

  /// Throws away content up to the end of the request, or of what is here. Returns whether the end
  /// was here.
  boolean dropContent() {
    while (objects.peek() instanceof HttpContent content) {
      removeFirst();
      content.release();
      if (content instanceof LastHttpContent) {
        return true;
      }
    }
    return false;
  }

  void clear() {
    objects.forEach(ReferenceCountUtil::release);
    objects.clear();
    bytes = 0;
  }

  private static int bytes(HttpObject object) {
    return object instanceof HttpContent content ? content.content().readableBytes() : 0;
  }
}

package dev.ebb.gateway;

import dev.ebb.dataplane.LocalHandler;
import dev.ebb.dataplane.PromptHandler;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.Semaphore;

/// A response that a virtual thread writes. It waits while the client does not take what was
/// written: at most some pieces are on their way to the socket. Fields without a comment belong to
/// the virtual thread.
final class LocalResponse implements LocalHandler.Response {
  private static final int PIECE_BYTES = 16 * 1024;
  private static final byte[] NOTHING = {};

  /// As much as the channel's high-water mark holds.
  private static final int PIECES_UNDER_WAY = 4;

  private final ClientConnection client;
  private final boolean answersHead;
  private final HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
  private final Body body = new Body();
  private final Semaphore underWay = new Semaphore(PIECES_UNDER_WAY);
  private int status = 200;
  private boolean committed;

  /// Pieces that wait for the client; the event loop's.
  private int held;

  /// The event loop's.
  private Runnable whenClientLeaves = () -> {};

  private volatile boolean broken;

  LocalResponse(ClientConnection client, boolean answersHead) {
    this.client = client;
    this.answersHead = answersHead;
  }

  @Override
  public void status(int code) {
    status = code;
  }

  @Override
  public void header(String name, String value) {
    headers.add(name, value);
  }

  @Override
  public OutputStream body() {
    return body;
  }

  @Override
  public void whenClientLeaves(Runnable action) {
    client.loop.eventLoop.execute(() -> {
      if (broken) {
        action.run();
      } else {
        whenClientLeaves = action;
      }
    });
  }

  boolean broken() {
    return broken;
  }

  /// The handler has returned.
  void complete() throws IOException {
    if (!committed && !headers.contains(HttpHeaderNames.CONTENT_LENGTH) && !answersHead) {
      headers.set(HttpHeaderNames.CONTENT_LENGTH, body.length);
    }
    if (!committed) {
      onLoop(client::takesNoMore);
    }
    body.flush();
    onLoop(() -> {
      client.content(LastHttpContent.EMPTY_LAST_CONTENT);
      client.responseDone();
    });
  }

  void fail(Failure failure) {
    onLoop(() -> client.fail(failure));
  }

  /// The whole answer at once, in place of all else. From any thread.
  void answer(PromptHandler.Answer answer) {
    if (client.loop.eventLoop.inEventLoop()) {
      send(answer);
    } else {
      client.loop.eventLoop.execute(() -> send(answer));
    }
  }

  // ---- On the event loop ----

  /// The client left.
  void abandon() {
    broken = true;
    underWay.release(PIECES_UNDER_WAY);
    whenClientLeaves.run();
  }

  void writable() {
    underWay.release(held);
    held = 0;
  }

  private void send(PromptHandler.Answer answer) {
    if (broken) {
      return;
    }
    answer.headers().forEach(headers::set);
    headers.set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
    client.head(
        new DefaultHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), headers));
    client.content(
        answer.body().length == 0
            ? LastHttpContent.EMPTY_LAST_CONTENT
            : new DefaultLastHttpContent(Unpooled.wrappedBuffer(answer.body())));
    client.responseDone();
  }

  private void onLoop(Runnable action) {
    client.loop.eventLoop.execute(() -> {
      if (!broken) {
        action.run();
      }
    });
  }

  private void send(byte[] piece) {
    client.content(new DefaultHttpContent(Unpooled.wrappedBuffer(piece)));
    client.flush();
    if (client.writable()) {
      underWay.release();
    } else {
      held++;
    }
  }

  private void commit() {
    if (!committed) {
      committed = true;
      DefaultHttpResponse head =
          new DefaultHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), headers);
      onLoop(() -> client.head(head));
    }
  }

  private final class Body extends OutputStream {
    private byte[] buffer = NOTHING;
    private int length;

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] source, int from, int count) throws IOException {
      int done = 0;
      while (done < count) {
        if (length == PIECE_BYTES) {
          flush();
        }
        if (buffer.length == 0) {
          buffer = new byte[PIECE_BYTES];
        }
        int part = Math.min(count - done, buffer.length - length);
        System.arraycopy(source, from + done, buffer, length, part);
        length += part;
        done += part;
      }
    }

    @Override
    public void flush() throws IOException {
      commit();
      if (length > 0) {
        underWay.acquireUninterruptibly();
        if (broken) {
          throw new IOException("the client left");
        }
        byte[] piece = Arrays.copyOf(buffer, length);
        length = 0;
        onLoop(() -> LocalResponse.this.send(piece));
      }
    }
  }
}

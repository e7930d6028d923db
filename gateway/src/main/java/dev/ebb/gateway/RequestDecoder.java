package dev.ebb.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/// Netty's decoder, stricter: what two programs could read in two ways is refused, because a
/// request that the instance frames differently than the gateway is an attack ("request smuggling",
/// RFC 9112, section 11.2). Beyond what the configuration of the decoder refuses: `Content-Length`
/// beside `Transfer-Encoding`, and header lines that begin with white space (obs-fold). A refused
/// request comes out as one with a failed decoder result; after it nothing.
final class RequestDecoder extends HttpRequestDecoder {
  private boolean inHead = true;
  private boolean headBegun;
  private boolean requestLineSeen;
  private boolean broken;

  RequestDecoder(GatewayConfig config) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(config.maxRequestLineBytes())
            .setMaxHeaderSize(config.maxHeaderBytes())
            .setMaxChunkSize(Integer.MAX_VALUE)
            .setAllowPartialChunks(true)
            .setAllowDuplicateContentLengths(false)
            .setStrictLineParsing(true)
            .setUseRfc9112TransferEncoding(true));
  }

  /// Whether a part of a request's header has arrived, and the rest not yet.
  boolean midHead() {
    return headBegun;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out)
      throws Exception {
    if (broken) {
      buffer.skipBytes(buffer.readableBytes());
      return;
    }
    if (inHead) {
      headBegun |= buffer.isReadable();
      if (foldedLine(buffer)) {
        buffer.skipBytes(buffer.readableBytes());
        refuse(out, "a header line begins with white space");
        return;
      }
    }
    int before = out.size();
    super.decode(ctx, buffer, out);
    for (int i = before; i < out.size(); i++) {
      if (out.get(i) instanceof HttpObject object) {
        follow(object);
      }
    }
  }

  private void follow(HttpObject object) {
    if (object instanceof HttpRequest) {
      inHead = false;
      headBegun = false;
      requestLineSeen = false;
    }
    if (object instanceof LastHttpContent) {
      inHead = true;
    }
    broken |= object.decoderResult().isFailure();
  }

  private void refuse(List<Object> out, String message) {
    broken = true;
    HttpRequest refused = new DefaultHttpRequest(HttpVersion.HTTP_1_0, HttpMethod.GET, "/bad");
    refused.setDecoderResult(DecoderResult.failure(new IllegalArgumentException(message)));
    out.add(refused);
  }

  /// Looks at each line's first byte up to the end of the header. The buffer begins with a line,
  /// since the decoder consumes whole lines.
  private boolean foldedLine(ByteBuf buffer) {
    int at = buffer.readerIndex();
    int end = buffer.writerIndex();
    while (at < end) {
      byte first = buffer.getByte(at);
      if (first == ' ' || first == '\t') {
        return true;
      }
      int lineFeed = buffer.indexOf(at, end, (byte) '\n');
      if (lineFeed < 0) {
        return false;
      }
      boolean empty = first == '\n' || (first == '\r' && lineFeed == at + 1);
      if (empty && requestLineSeen) {
        return false;
      }
      requestLineSeen |= !empty;
      at = lineFeed + 1;
    }
    return false;
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
  }
}

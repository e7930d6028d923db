package dev.ebb.eventing.embedded;

import dev.ebb.eventing.log.Payload;
import java.io.ByteArrayInputStream;
import java.io.InputStream;

/// A payload that was in the log itself.
@SuppressWarnings("ArrayRecordComponent") // never compared
record InlinePayload(byte[] bytes) implements Payload {
  @Override
  public long length() {
    return bytes.length;
  }

  @Override
  public InputStream open() {
    return new ByteArrayInputStream(bytes);
  }
}

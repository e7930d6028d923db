package dev.ebb.eventing.log;

/// A stream has as many events or bytes as its settings allow. Nothing was stored.
public final class StreamFullException extends EventLogException {
  private static final long serialVersionUID = 1L;

  public StreamFullException(String stream, String limit) {
    super("stream " + stream + " is full: " + limit);
  }
}

package dev.ebb.apiserver;

/// [HeadSinks] for Helidon's service loader, which wants a public class; what it does is nobody
/// else's business.
public final class HeadSinkProvider extends HeadSinks {
  public HeadSinkProvider() {}
}

package dev.ebb.kinds.cron;

/// A schedule that cannot be read; the message says why, in the words of Kubernetes.
public final class CronFormatException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  CronFormatException(String message) {
    super(message);
  }
}

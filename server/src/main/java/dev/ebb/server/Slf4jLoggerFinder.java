package dev.ebb.server;

import java.text.MessageFormat;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// Sends what the rooms log through `System.Logger` to SLF4J. Found by ServiceLoader.
public final class Slf4jLoggerFinder extends System.LoggerFinder {
  @Override
  public System.Logger getLogger(String name, Module module) {
    return new Slf4jLogger(LoggerFactory.getLogger(name));
  }

  private record Slf4jLogger(org.slf4j.Logger logger) implements System.Logger {
    @Override
    public String getName() {
      return logger.getName();
    }

    @Override
    public boolean isLoggable(Level level) {
      return level != Level.OFF && logger.isEnabledForLevel(translate(level));
    }

    @Override
    public void log(
        Level level,
        @Nullable ResourceBundle bundle,
        @Nullable String message,
        @Nullable Throwable thrown) {
      if (isLoggable(level)) {
        var event = logger.atLevel(translate(level));
        if (thrown != null) {
          event = event.setCause(thrown);
        }
        event.log(message);
      }
    }

    @Override
    public void log(
        Level level,
        @Nullable ResourceBundle bundle,
        @Nullable String format,
        @Nullable Object... parameters) {
      if (isLoggable(level)) {
        boolean plain = format == null || parameters == null || parameters.length == 0;
        logger
            .atLevel(translate(level))
            .log(plain ? format : MessageFormat.format(format, parameters));
      }
    }

    private static org.slf4j.event.Level translate(Level level) {
      return switch (level) {
        case ALL, TRACE -> org.slf4j.event.Level.TRACE;
        case DEBUG -> org.slf4j.event.Level.DEBUG;
        case INFO -> org.slf4j.event.Level.INFO;
        case WARNING -> org.slf4j.event.Level.WARN;
        case ERROR, OFF -> org.slf4j.event.Level.ERROR;
      };
    }
  }
}

package dev.ebb.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// Says for people what went wrong with a file. Pure.
public final class FileErrors {
  private FileErrors() {}

  /// Why, in a few words and without the file's name: `permission denied`.
  public static String reason(IOException failure) {
    return switch (failure) {
      case NoSuchFileException missing -> "there is no such file";
      case FileAlreadyExistsException exists -> "there is a file of this name";
      case AccessDeniedException denied -> "permission denied";
      case CharacterCodingException coding -> "it is not text in UTF-8";
      case FileSystemException known when known.getReason() != null ->
          lowerCase(String.valueOf(known.getReason()));
      default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
    };
  }

  private static String lowerCase(String reason) {
    return reason.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + reason.substring(1);
  }

  /// A `CliException` as `cannot read notes.txt: permission denied`.
  static CliException cannotRead(Object file, IOException failure) {
    return new CliException("cannot read %s: %s".formatted(file, reason(failure)));
  }
}

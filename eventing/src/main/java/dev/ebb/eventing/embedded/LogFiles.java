package dev.ebb.eventing.embedded;

import java.io.IOException;
import java.util.List;

/// The directory of a log, as far as the log needs it. Thread-safe.
///
/// What POSIX promises is all that the log relies on: bytes are durable when their file was synced,
/// names (creation, renaming, deletion) when the directory was.
public interface LogFiles extends AutoCloseable {

  /// The directory, for people.
  String directory();

  /// The names of all files.
  List<String> list() throws IOException;

  /// Makes an empty file.
  ///
  /// @throws java.nio.file.FileAlreadyExistsException when there is one of that name
  LogFile create(String name) throws IOException;

  /// Opens a file for reading, and for [LogFile#sync].
  ///
  /// @throws java.nio.file.NoSuchFileException when there is none
  LogFile open(String name) throws IOException;

  /// In one step.
  void rename(String from, String to) throws IOException;

  /// Does nothing when there is no such file. Who has it open can go on reading.
  void delete(String name) throws IOException;

  void syncDirectory() throws IOException;

  @Override
  void close();
}

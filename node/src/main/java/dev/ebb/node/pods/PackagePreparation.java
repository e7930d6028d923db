package dev.ebb.node.pods;

import java.nio.file.Path;
import java.util.List;

/// How what a language makes of a package at each start, such as byte code, is made once.
///
/// @param command its first word is an absolute path; the package's directory and an empty one for
///   what is made are added to it
/// @param root the package's directory
public record PackagePreparation(List<String> command, Path root) {
  public PackagePreparation {
    command = List.copyOf(command);
  }
}

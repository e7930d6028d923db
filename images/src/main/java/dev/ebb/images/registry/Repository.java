package dev.ebb.images.registry;

import dev.ebb.images.registry.RegistryException.Problem;
import java.util.Optional;
import java.util.regex.Pattern;

/// The name of a repository, `default/hello`. Its first part, where it has several, is the
/// namespace that it belongs to.
///
/// @param name by the grammar of the OCI distribution specification, at most 255 characters
public record Repository(String name) implements Comparable<Repository> {
  private static final int CHARACTERS = 255;

  // Possessive, so that no name makes the match take long.
  private static final Pattern FORM =
      Pattern.compile(
          "[a-z0-9]++(?:(?:\\.|__?+|-++)[a-z0-9]++)*+(?:/[a-z0-9]++(?:(?:\\.|__?+|-++)[a-z0-9]++)*+)*+");

  public Repository {
    if (name.length() > CHARACTERS || !FORM.matcher(name).matches()) {
      throw new RegistryException(
          Problem.NAME_INVALID,
          "a repository's name is at most 255 characters: parts of lower-case letters and digits"
              + " with single '.', '_', '__' or '-' between, divided by '/'");
    }
  }

  /// Empty for a name of one part, which belongs to the cluster.
  public Optional<String> namespace() {
    int slash = name.indexOf('/');
    return slash < 0 ? Optional.empty() : Optional.of(name.substring(0, slash));
  }

  /// What follows the namespace.
  public String nameInNamespace() {
    return name.substring(name.indexOf('/') + 1);
  }

  @Override
  public int compareTo(Repository other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name;
  }
}

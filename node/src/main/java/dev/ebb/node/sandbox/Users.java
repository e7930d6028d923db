package dev.ebb.node.sandbox;

import static dev.ebb.node.sandbox.SandboxException.Reason.BAD_USER;

import dev.ebb.images.layers.ImageOwners;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Finds the numbers of a container's user and groups in its own `/etc/passwd` and `/etc/group`
/// (passwd(5), group(5)).
final class Users {
  private Users() {}

  /// @param home the user's directory; `/` when it has none
  record Resolved(int user, int group, List<Integer> groups, String home) {}

  private record Passwd(String name, int user, int group, String home) {}

  private record Group(String name, int number, List<String> members) {}

  /// @throws SandboxException `BAD_USER`
  static Resolved resolve(ContainerUser image, Security security, String passwd, String group) {
    String text = image.name();
    int colon = text.indexOf(':');
    String user = colon < 0 ? text : text.substring(0, colon);
    if (security.runAsUser().isPresent()) {
      user = Long.toString(security.runAsUser().getAsLong());
    }
    Optional<Passwd> entry = findUser(user, passwd);
    int number = entry.map(Passwd::user).orElse(0);
    if (entry.isEmpty() && !user.isEmpty()) {
      number = number("user", user, "/etc/passwd");
    }
    int primary = entry.map(Passwd::group).orElse(0);
    boolean namesGroup = colon >= 0 && security.runAsUser().isEmpty();
    if (namesGroup) {
      primary = groupNumber(text.substring(colon + 1), group);
    }
    if (security.runAsGroup().isPresent()) {
      primary = number("group", Long.toString(security.runAsGroup().getAsLong()), "");
    }
    if (security.runAsNonRoot() && number == 0) {
      throw new SandboxException(BAD_USER, "container has runAsNonRoot and image will run as root");
    }
    return new Resolved(
        number,
        primary,
        groups(entry, namesGroup, security, group),
        entry.map(Passwd::home).filter(home -> home.startsWith("/")).orElse("/"));
  }

  private static List<Integer> groups(
      Optional<Passwd> user, boolean groupGiven, Security security, String file) {
    TreeSet<Integer> groups = new TreeSet<>();
    // Who names a group gets that one only, as other engines have it.
    if (user.isPresent() && !groupGiven) {
      lines(file, Users::group).stream()
          .filter(group -> group.members().contains(user.get().name()))
          .forEach(group -> groups.add(group.number()));
    }
    security.fsGroup().ifPresent(id -> groups.add(number("group", Long.toString(id), "")));
    security.supplementalGroups().forEach(id -> groups.add(number("group", Long.toString(id), "")));
    return List.copyOf(groups);
  }

  private static Optional<Passwd> findUser(String user, String file) {
    Predicate<Passwd> wanted =
        user.isEmpty()
            ? entry -> entry.user() == 0
            : entry -> entry.name().equals(user) || Integer.toString(entry.user()).equals(user);
    return lines(file, Users::passwd).stream().filter(wanted).findFirst();
  }

  private static int groupNumber(String name, String file) {
    return lines(file, Users::group).stream()
        .filter(group -> group.name().equals(name))
        .findFirst()
        .map(Group::number)
        .orElseGet(() -> number("group", name, "/etc/group"));
  }

  private static int number(String kind, String text, String file) {
    long number;
    try {
      number = Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new SandboxException(
          BAD_USER, "unable to find %s %s: no matching entries in %s".formatted(kind, text, file));
    }
    if (number < 0 || number >= ImageOwners.COUNT) {
      throw new SandboxException(
          BAD_USER,
          "%s %s is out of range: containers have 0 to %d"
              .formatted(kind, text, ImageOwners.COUNT - 1));
    }
    return (int) number;
  }

  private interface Parser<T> {
    Optional<T> parse(String[] fields);
  }

  private static <T> List<T> lines(String file, Parser<T> parser) {
    List<T> found = new ArrayList<>();
    file.lines()
        .map(line -> line.split(":", -1))
        .map(parser::parse)
        .forEach(it -> it.ifPresent(found::add));
    return found;
  }

  private static Optional<Passwd> passwd(String[] fields) {
    try {
      return fields.length < 6
          ? Optional.empty()
          : Optional.of(
              new Passwd(
                  fields[0], Integer.parseInt(fields[2]), Integer.parseInt(fields[3]), fields[5]));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<Group> group(String[] fields) {
    try {
      return fields.length < 4
          ? Optional.empty()
          : Optional.of(
              new Group(fields[0], Integer.parseInt(fields[2]), List.of(fields[3].split(","))));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}

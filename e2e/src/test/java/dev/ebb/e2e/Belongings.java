package dev.ebb.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What a server of one data directory has on the machine, found from outside: by the names that
/// decision 0105 promises.
final class Belongings {
  /// Of what there is none when no instance and no server is there.
  enum Kind {
    MOUNT,
    NETWORK_NAMESPACE,
    LINK,
    ROUTE,
    TABLE,
    CONTROL_GROUP,
    PROCESS,
    RUN_FILE,
    INSTANCE_FILE
  }

  private static final Path CONTROL_GROUPS = Path.of("/sys/fs/cgroup");

  private final Path data;
  private final Path run;
  private final String network;
  private final String groups;
  private String subnet = "";

  Belongings(Path dataDirectory) {
    data = dataDirectory.toAbsolutePath().normalize();
    run = dev.ebb.cli.DataDirectories.runDirectory(data);
    byte[] digest = sha256(data.toString());
    network = new BigInteger(1, digest).toString(36).substring(0, 6);
    groups = "ebb-" + HexFormat.of().formatHex(digest).substring(0, 10);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /// What is there now; kinds of which nothing is there are left out.
  Map<Kind, Set<String>> find() {
    Map<Kind, Set<String>> found = new EnumMap<>(Kind.class);
    List<String> mounts = lines(Path.of("/proc/self/mountinfo"));
    mounts.stream()
        .filter(line -> line.contains(data + "/") || line.contains(run + "/"))
        .forEach(line -> add(found, Kind.MOUNT, line));
    Path namespaces = run.resolve("netns");
    children(namespaces).forEach(file -> add(found, Kind.NETWORK_NAMESPACE, file.toString()));
    ask("ip", "-brief", "link").stream()
        .filter(line -> line.startsWith("eb" + network))
        .forEach(line -> add(found, Kind.LINK, line));
    routes().forEach(line -> add(found, Kind.ROUTE, line));
    ask("nft", "list", "tables").stream()
        .filter(line -> line.endsWith("ebb-" + network))
        .forEach(line -> add(found, Kind.TABLE, line));
    controlGroups().forEach(group -> add(found, Kind.CONTROL_GROUP, group.toString()));
    processes().forEach((pid, command) -> add(found, Kind.PROCESS, pid + " " + command));
    children(run).forEach(file -> add(found, Kind.RUN_FILE, file.toString()));
    for (String each :
        List.of(
            "instances", "pods", "work", "containers/crun", "containers/state", "server.json")) {
      Path path = data.resolve(each);
      if (Files.isRegularFile(path)) {
        add(found, Kind.INSTANCE_FILE, path.toString());
      }
      children(path).forEach(file -> add(found, Kind.INSTANCE_FILE, file.toString()));
    }
    return found;
  }

  private static void add(Map<Kind, Set<String>> found, Kind kind, String what) {
    found.computeIfAbsent(kind, any -> new TreeSet<>()).add(what);
  }

  /// Those into the subnet that the server remembers, or did when it was last asked for.
  private List<String> routes() {
    Path remembered = data.resolve("instance-subnet");
    if (Files.exists(remembered)) {
      subnet = lines(remembered).getFirst();
    }
    return subnet.isEmpty() ? List.of() : ask("ip", "route", "show", "root", subnet);
  }

  private Collection<Path> controlGroups() {
    Set<Path> found = new TreeSet<>();
    for (Path hierarchy : children(CONTROL_GROUPS)) {
      // A control group may be gone while one looks at it.
      for (Path group : children(hierarchy)) {
        if (group.getFileName().toString().equals(groups)) {
          found.add(group);
        }
      }
      if (hierarchy.getFileName().toString().equals(groups)) {
        found.add(hierarchy);
      }
    }
    return found;
  }

  /// In one of the server's control groups, or named after its directories.
  private Map<Long, String> processes() {
    Map<Long, String> found = new TreeMap<>();
    for (Path process : children(Path.of("/proc"))) {
      String name = process.getFileName().toString();
      if (!name.chars().allMatch(Character::isDigit)) {
        continue;
      }
      String command = text(process.resolve("cmdline")).replace('\0', ' ').strip();
      boolean grouped = text(process.resolve("cgroup")).contains("/" + groups);
      if (grouped || command.contains(data.toString()) || command.contains(run.toString())) {
        found.put(Long.parseLong(name), command);
      }
    }
    return found;
  }

  private static List<Path> children(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(directory)) {
      return children.sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @return empty when it is gone, as a process that ends
  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> ask(String... words) {
    return new Command(List.of(words), Map.of(), Path.of("/"))
        .run()
        .orFail()
        .out()
        .lines()
        .toList();
  }
}

package dev.ebb.node;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.LogQuery;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The name of a log's file: `INSTANCE.log` of a plain process, `INSTANCE_CONTAINER_RUN.log` of one
/// run of a container. Neither instances nor containers have an underscore in their names. Pure.
///
/// @param container empty for a plain process
/// @param run 0 for the first
record LogName(String instance, String container, int run) {
  private static final String SUFFIX = ".log";

  static LogName process(InstanceId id) {
    return new LogName(id.value(), "", 0);
  }

  static LogName parse(Path file) {
    var name = file.getFileName().toString();
    var parts = name.substring(0, name.length() - SUFFIX.length()).split("_", -1);
    return parts.length == 3 && parts[2].matches("\\d{1,9}")
        ? new LogName(parts[0], parts[1], Integer.parseInt(parts[2]))
        : new LogName(String.join("_", parts), "", 0);
  }

  String file() {
    return (container.isEmpty() ? instance : instance + "_" + container + "_" + run) + SUFFIX;
  }

  /// Those that a query is for.
  static Stream<LogName> chosen(Collection<LogName> names, LogQuery query) {
    Stream<LogName> all =
        names.stream()
            .filter(
                one -> query.instance().map(id -> id.value().equals(one.instance())).orElse(true));
    if (query.container().isEmpty()) {
      return all;
    }
    // A plain process is its instance's only container, whatever that is called.
    List<LogName> runs =
        all.filter(
                one -> one.container().isEmpty() || one.container().equals(query.container().get()))
            .sorted(Comparator.comparingInt(LogName::run).reversed())
            .toList();
    return runs.stream().skip(query.previous() ? 1 : 0).limit(1);
  }
}

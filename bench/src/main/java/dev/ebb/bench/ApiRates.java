package dev.ebb.bench;

import dev.ebb.cli.ServerRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Reads and durable writes of small objects, at 1, 16 and 64 clients; the API and its peers take
/// turns.
final class ApiRates {
  private static final int[] CLIENTS = {1, 16, 64};
  private static final int WARM_UP_SECONDS = 6;

  /// At 16 clients on two cores.
  private static final int READS_TARGET = 10_000;

  private static final int WRITES_TARGET = 1_500;

  private static final String EBB = "ebb, API over TLS";

  /// Creates a ConfigMap under a new name each time.
  private static final String CREATE =
      """
      local made, thread = 0, 0
      function setup(t) t:set("seed", os.time() * 10 + thread); thread = thread + 1 end
      function request()
        made = made + 1
        local body = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c-' .. seed .. '-' .. made ..
          '","labels":{"app":"bench"}},"data":{"key":"value","other":"some more text"}}'
        return wrk.format("POST", "/api/v1/namespaces/default/configmaps", nil, body)
      end
      """;

  /// As many bytes under a new key each time; keys and values are base64, as etcd's gateway wants.
  private static final String PUT =
      """
      local made, thread = 0, 0
      local digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef"
      local value = string.rep("QUFB", 100)
      function setup(t) t:set("seed", os.time() * 10 + thread); thread = thread + 1 end
      local function base64(n)
        local text = ""
        for i = 1, 8 do local d = n % 32; text = text .. digits:sub(d + 1, d + 1); n = (n - d) / 32 end
        return text
      end
      function request()
        made = made + 1
        return wrk.format("POST", "/v3/kv/put", nil,
          '{"key":"' .. base64(seed) .. base64(made) .. '","value":"' .. value .. '"}')
      end
      """;

  private static final String RANGE =
      """
      function request()
        return wrk.format("POST", "/v3/kv/range", nil, '{"key":"' .. "b25lb25l" .. '"}')
      end
      """;

  private final Path directory;
  private final int rounds;
  private final int seconds;

  ApiRates(Path directory, int rounds, int seconds) {
    this.directory = directory;
    this.rounds = rounds;
    this.seconds = seconds;
  }

  private record Way(String label, String url, List<String> options, ProcessHandle server) {}

  private record Burst(Wrk wrk, double cpuSeconds) {}

  void run(Report report, Processes processes, ServerRecord record, ApiAccess api)
      throws IOException {
    api.create(
        "/api/v1/namespaces/default/configmaps",
        "{\"metadata\":{\"name\":\"one\"},\"data\":{\"key\":\"value\"}}");
    String one = "/api/v1/namespaces/default/configmaps/one";
    byte[] object = api.get(one, "application/json");
    ProcessHandle server = ProcessHandle.of(record.pid()).orElseThrow();
    ProcessHandle etcd = ApiPeers.etcd(processes, directory).toHandle();
    ProcessHandle nginx = ApiPeers.nginx(processes, directory, record, object).toHandle();
    Wrk.run(
        "http://127.0.0.1:" + ApiPeers.ETCD_PORT,
        1,
        1,
        script(
            "one",
            "function request() return wrk.format(\"POST\", \"/v3/kv/put\", nil,"
                + " '{\"key\":\"b25lb25l\",\"value\":\""
                + "QUFB".repeat(object.length / 3)
                + "\"}') end\n"));
    List<String> authorization = List.of("-H", api.authorization());
    List<String> json = new ArrayList<>(authorization);
    json.addAll(List.of("-H", "Content-Type: application/json"));
    json.addAll(script("create", CREATE));
    String etcdUrl = "http://127.0.0.1:" + ApiPeers.ETCD_PORT;
    measure(
        report,
        "API, reads of one object",
        READS_TARGET,
        List.of(
            new Way(EBB, api.url() + one, authorization, server),
            new Way(
                "nginx, a file of this size over TLS",
                "https://127.0.0.1:" + ApiPeers.NGINX_PORT + "/object.json",
                List.of(),
                nginx),
            new Way("etcd, HTTP in the clear", etcdUrl, script("range", RANGE), etcd)));
    measure(
        report,
        "API, durable writes",
        WRITES_TARGET,
        List.of(
            new Way(EBB, api.url().toString(), json, server),
            new Way("etcd, HTTP in the clear", etcdUrl, script("put", PUT), etcd)));
    report
        .row("API, durable writes, c=1", "one thread, write and fdatasync of 1 KiB")
        .put("requests/s", ApiPeers.syncedAppends(directory, seconds));
  }

  private void measure(Report report, String title, int target, List<Way> ways) {
    for (Way way : ways) {
      Progress.step(title + ", warming up " + way.label());
      Wrk.run(way.url(), 16, WARM_UP_SECONDS, way.options());
    }
    for (int clients : CLIENTS) {
      Map<Way, List<Burst>> bursts = new LinkedHashMap<>();
      for (int round = 0; round < rounds; round++) {
        for (Way way : ways) {
          Progress.step(
              "%s, c=%d, round %d of %d: %s"
                  .formatted(title, clients, round + 1, rounds, way.label()));
          double before = Processes.cpuSeconds(way.server());
          Wrk wrk = Wrk.run(way.url(), clients, seconds, way.options());
          bursts
              .computeIfAbsent(way, it -> new ArrayList<>())
              .add(new Burst(wrk, Processes.cpuSeconds(way.server()) - before));
        }
      }
      bursts.forEach((way, all) -> {
        Report.Row row =
            report
                .row(title + ", c=" + clients, way.label())
                .put("requests/s", median(all, burst -> burst.wrk().requestsPerSecond()))
                .put("p50 ms", median(all, burst -> burst.wrk().p50Millis()))
                .put("p99 ms", median(all, burst -> burst.wrk().p99Millis()))
                .put(
                    "CPU s / 100k",
                    median(all, burst -> burst.cpuSeconds() / burst.wrk().requests() * 100_000))
                .put("errors", (double) all.stream().mapToLong(it -> it.wrk().errors()).sum());
        if (clients == 16 && way.label().equals(EBB)) {
          row.put("target", target);
        }
      });
    }
  }

  private static double median(List<Burst> bursts, Function<Burst, Double> figure) {
    return new Samples(bursts.stream().map(figure).toList()).median();
  }

  private List<String> script(String name, String text) throws IOException {
    Path file = Files.writeString(directory.resolve(name + ".lua"), text);
    return List.of("-s", file.toString());
  }
}

package dev.ebb.cli;

import dev.ebb.cli.load.LoadPlan;
import dev.ebb.cli.load.LoadRequest;
import dev.ebb.cli.load.LoadRun;
import dev.ebb.cli.load.LoadSample;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/// `ebb load`.
@Command(
    name = "load",
    description = "Put load on a service, and show how it answers and is scaled.",
    footer = {
      "",
      "Each connection sends its next request when the last one is answered; with",
      "--rate requests are sent on time, and a latency counts from that time.",
      "Answers of 400 or more are errors. Ctrl-C ends the load, with its summary.",
      "",
      "Examples:",
      "  ebb load hello",
      "  ebb load hello -c 50 -t 30",
      "  ebb load http://localhost:8080/function/hello --rate 200 -d '{\"name\":\"Ada\"}'",
      "  ebb load https://hello.default.localhost:8443/ --http2",
      "  ebb load hello -t 10 -o json"
    },
    mixinStandardHelpOptions = true)
final class LoadCommand implements Callable<Integer> {
  private static final long SECOND = 1_000_000_000L;

  /// How long answers are awaited when the time is over.
  private static final int GRACE_SECONDS = 5;

  /// A thread, a socket and 8 KiB each.
  private static final int MOST_CONNECTIONS = 4000;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClientOptions client = new ClientOptions();
  @Mixin private RequestOptions request = new RequestOptions();
  @Mixin private TrustOptions trust = new TrustOptions();
  @Mixin private OutputOption output = new OutputOption();

  @Parameters(
      index = "0",
      paramLabel = "URL|NAME",
      description = "A URL, or the name of a function or service.")
  private String target = "";

  @Option(
      names = {"-c", "--connections"},
      paramLabel = "CONNECTIONS",
      defaultValue = "10",
      description = "How many, each with one request at a time (default: 10).")
  private int connections = 10;

  @Option(
      names = {"-t", "--time"},
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "How long (default: 10).")
  private int seconds = 10;

  @Option(
      names = "--rate",
      paramLabel = "REQUESTS",
      description = "Requests per second of all connections (default: as many as are answered).")
  private @Nullable Integer rate;

  @Option(
      names = "--http2",
      description = "Speak HTTP/2; without TLS the server must know it beforehand, as Ebb's does.")
  private boolean http2;

  @Override
  public Integer call() throws IOException, InterruptedException {
    OptionChecks.atLeast(spec, "--connections", connections, 1);
    OptionChecks.atMost(spec, "--connections", connections, MOST_CONNECTIONS);
    OptionChecks.atLeast(spec, "--time", seconds, 1);
    OptionChecks.atLeast(spec, "--rate", rate == null ? 1 : rate, 1);
    LoadTarget load = LoadTarget.of(target, client);
    LoadRun run = new LoadRun(plan(load));
    PrintWriter out = spec.commandLine().getOut();
    LoadView view = new LoadView(out, Boolean.getBoolean("ebb.terminal"), title(load));
    CountDownLatch told = new CountDownLatch(1);
    Thread onSignal = Thread.ofPlatform().unstarted(() -> endEarly(run, told));
    Runtime.getRuntime().addShutdownHook(onSignal);
    try {
      run.start();
      watch(run, load, view);
      LoadSample whole = run.sample();
      if (output.json()) {
        OutputOption.print(out, json(load, whole, run.unfinished(), view.most()));
      } else {
        view.end(whole, run.unfinished());
      }
      return exitCode(whole, run.unfinished());
    } finally {
      told.countDown();
      forget(onSignal);
    }
  }

  private LoadPlan plan(LoadTarget load) throws IOException {
    byte[] body = request.body(System.in);
    LoadRequest repeated;
    try {
      repeated =
          new LoadRequest(
              request.method(), load.requestTarget(), load.authority(), request.headers(), body);
    } catch (IllegalArgumentException e) {
      throw new CliException(String.valueOf(e.getMessage()));
    }
    Optional<Path> own =
        client.running().map(server -> server.dataDirectory().resolve("pki/ca.crt"));
    return new LoadPlan(
        load.server(trust, own),
        repeated,
        http2,
        connections,
        Duration.ofSeconds(seconds),
        rate == null ? 0 : rate);
  }

  private String title(LoadTarget load) {
    return "Load on %s: %d connections%s, %d s%s"
        .formatted(
            load.url(),
            connections,
            http2 ? " of HTTP/2" : "",
            seconds,
            rate == null ? "" : ", " + rate + " requests/s");
  }

  /// Shows each second until the load is over.
  private void watch(LoadRun run, LoadTarget load, LoadView view) throws InterruptedException {
    long begin = System.nanoTime();
    LoadSample last = LoadSample.NOTHING;
    boolean over = false;
    for (int second = 1; !over; second++) {
      over = run.awaitEnd(begin + second * SECOND - System.nanoTime());
      LoadSample now = run.sample();
      if (over && now.since(last).elapsedNanos() < SECOND / 2) {
        return; // too short to mean something
      }
      List<ScalingState> states = states(load);
      if (output.json()) {
        view.note(states);
      } else {
        view.show(now.since(last), second, states);
      }
      last = now;
      if (second == seconds + GRACE_SECONDS || spec.commandLine().getOut().checkError()) {
        run.abort();
      }
    }
  }

  /// The load goes on when the server that is asked has gone: that is what may be tested.
  private static List<ScalingState> states(LoadTarget load) {
    try {
      return load.service().map(LoadTarget.Known::states).orElse(List.of());
    } catch (CliException e) {
      return List.of();
    }
  }

  /// On a signal the JVM ends when its hooks are over: the summary is told first.
  private static void endEarly(LoadRun run, CountDownLatch told) {
    run.abort();
    try {
      boolean inTime = told.await(GRACE_SECONDS, TimeUnit.SECONDS);
      if (!inTime) {
        Runtime.getRuntime().halt(CliException.FAILED);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void forget(Thread onSignal) {
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException e) {
      // It runs: the JVM ends because of a signal.
    }
  }

  private int exitCode(LoadSample whole, int unfinished) {
    if (whole.errors() == 0 && (whole.requests() > 0 || unfinished == 0)) {
      return 0;
    }
    PrintWriter err = spec.commandLine().getErr();
    err.println(
        whole.errors() == 0
            ? "ebb: no request was answered"
            : "ebb: %d of %d requests failed".formatted(whole.errors(), whole.requests()));
    err.flush();
    return CliException.FAILED;
  }

  private ObjectNode json(
      LoadTarget load, LoadSample whole, int unfinished, Map<String, Integer> most) {
    ObjectNode json = OutputOption.object();
    json.put("url", load.url().toString())
        .put("connections", connections)
        .put("seconds", whole.seconds())
        .put("requests", whole.requests())
        .put("requestsPerSecond", whole.requestsPerSecond())
        .put("errors", whole.errors())
        .put("unfinished", unfinished);
    json.putObject("latencyMilliseconds")
        .put("p50", whole.latencies().percentileMillis(0.5))
        .put("p90", whole.latencies().percentileMillis(0.9))
        .put("p99", whole.latencies().percentileMillis(0.99))
        .put("max", whole.latencies().maxMillis());
    ObjectNode answers = json.putObject("answers");
    whole.answers().forEach((status, count) -> answers.put(status.toString(), count));
    ObjectNode failures = json.putObject("failures");
    whole.failures().forEach(failures::put);
    ObjectNode instances = json.putObject("instancesAtMost");
    most.forEach(instances::put);
    return json;
  }
}

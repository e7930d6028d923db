package dev.ebb.server;

import dev.ebb.dialects.openfaas.AsyncFunctions;
import dev.ebb.dialects.openfaas.AsyncRetries;
import dev.ebb.dialects.openfaas.cron.CronFunctions;
import dev.ebb.eventing.calls.AsyncCalls;
import dev.ebb.eventing.calls.CallsConfig;
import dev.ebb.eventing.embedded.EmbeddedEventLog;
import dev.ebb.eventing.embedded.EmbeddedLogSettings;
import dev.ebb.eventing.log.EventLogException;
import dev.ebb.gateway.Gateway;
import dev.ebb.resources.Resources;
import dev.ebb.resources.rbac.Authorizer;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;

/// Asynchronous calls of this server: the log of events under the data directory, who makes the
/// calls, who may look at them, and the functions that are called by the clock.
final class ServerCalls implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ServerCalls.class.getName());

  private final Path directory;
  private final AsyncCalls calls;
  private final HttpCalls sender;
  private final LeftoverTime leftover = new LeftoverTime();
  private final AsyncFunctions functions;
  private final AsyncEndpoint endpoint;
  private final FunctionBacklogs backlogs;
  private final CronFunctions cron;
  private final AtomicReference<Set<Integer>> ownPorts = new AtomicReference<>(Set.of());

  /// @param directory of the log, made with the first call
  ServerCalls(
      Path directory,
      CallsConfig config,
      Resources resources,
      Gateway gateway,
      Authorizer authorizer,
      InstantSource clock) {
    this.directory = directory;
    CallbackAddresses addresses =
        new CallbackAddresses(ownPorts::get, gateway::port, InetAddress::getAllByName);
    sender = new HttpCalls(gateway::port, addresses);
    EmbeddedLogSettings usual = EmbeddedLogSettings.defaults().withClock(clock);
    EmbeddedLogSettings settings =
        usual.withMaxPayloadBytes(Math.max(usual.maxPayloadBytes(), config.maxBodyBytes()));
    calls =
        new AsyncCalls(
            config,
            () -> EmbeddedEventLog.open(directory, settings),
            new AsyncRetries(resources),
            sender,
            clock,
            Executors.newVirtualThreadPerTaskExecutor(),
            Thread.ofPlatform().daemon().name("ebb-async-calls").factory(),
            leftover::await);
    functions = new AsyncFunctions(resources, calls, addresses::require, clock);
    endpoint = new AsyncEndpoint(calls, authorizer);
    backlogs = new FunctionBacklogs(resources, calls::backlogs);
    cron = new CronFunctions(resources, calls, AsyncFunctions::queue, clock);
  }

  /// What answers `/async-function/`.
  AsyncFunctions functions() {
    return functions;
  }

  AsyncEndpoint endpoint() {
    return endpoint;
  }

  /// What functions are scaled by that ask for it.
  FunctionBacklogs backlogs() {
    return backlogs;
  }

  AsyncCalls metrics() {
    return calls;
  }

  /// Goes on with what an earlier server left. One that made no such calls left nothing, and
  /// nothing is begun. Functions are called by the clock from now on.
  ///
  /// @param ports of Ebb itself, where no callback may go
  void start(Set<Integer> ports) {
    ownPorts.set(Set.copyOf(ports));
    if (Files.isDirectory(directory)) {
      Thread.ofVirtual()
          .name("ebb-async-start")
          .start(() -> {
            try {
              calls.start();
            } catch (EventLogException e) {
              LOG.log(System.Logger.Level.ERROR, "asynchronous calls cannot be continued", e);
            }
          });
    }
    cron.start();
  }

  @Override
  public void close() {
    cron.close();
    leftover.close();
    calls.close();
    sender.close();
  }
}

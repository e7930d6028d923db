package dev.ebb.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.cli.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/// A thousand functions deployed by OpenFaaS's API, until each is listed and its Service Ready: by
/// one client after the other, as faas-cli deploys a stack file, and by sixteen at once.
///
/// They may go to zero and begin there (`initial-scale: "0"` of `config-autoscaler`): what is
/// measured is the deploy, not a thousand starts of a container.
final class FunctionsBench {
  private static final String TITLE = "functions deployed by OpenFaaS's API until all are Ready";
  private static final String SERVICES =
      "/apis/serving.knative.dev/v1/namespaces/openfaas-fn/services";
  private static final String AUTOSCALER =
      "/api/v1/namespaces/knative-serving/configmaps/config-autoscaler";
  private static final String PASSWORD = "/api/v1/namespaces/openfaas/secrets/basic-auth";
  private static final int TARGET_SECONDS = 15;
  private static final long POLL_NANOS = 100_000_000;
  private static final long LIMIT_NANOS = 300_000_000_000L;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final int functions;

  FunctionsBench(int functions) {
    this.functions = functions;
  }

  void run(Report report) throws IOException {
    Path directory = Files.createTempDirectory("ebb-bench-");
    try {
      StaticImage image = StaticImage.hello(directory);
      for (boolean atOnce : new boolean[] {false, true}) {
        try (EbbUp server = new EbbUp(directory.resolve(atOnce ? "many" : "one"));
            ApiAccess api = new ApiAccess(server.record());
            HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
          ServingBench.load(server, image);
          api.merge(
              AUTOSCALER,
              "{\"data\":{\"allow-zero-initial-scale\":\"true\",\"initial-scale\":\"0\"}}");
          new Gateway(server, api, client)
              .measure(functions, atOnce, image)
              .put(report, "%,d by %s".formatted(functions, atOnce ? "16 clients" : "one client"));
        }
      }
    } finally {
      Trees.remove(directory);
    }
  }

  /// @param processor seconds that the server used until all were Ready
  private record Measured(double accepted, double ready, double processor, double listMillis) {
    void put(Report report, String label) {
      report
          .row(TITLE, label)
          .put("accepted s", accepted)
          .put("Ready s", ready)
          .put("the server's processor s", processor)
          .put("listing ms", listMillis)
          .put("target s", TARGET_SECONDS);
    }
  }

  private record Gateway(EbbUp server, HttpClient client, String authorization) {
    Gateway(EbbUp server, ApiAccess api, HttpClient client) {
      this(server, client, authorization(api));
    }

    private static String authorization(ApiAccess api) {
      String password =
          new String(
              Base64.getDecoder()
                  .decode(api.get(PASSWORD).at("/data/basic-auth-password").asString()),
              UTF_8);
      return "Basic " + Base64.getEncoder().encodeToString(("admin:" + password).getBytes(UTF_8));
    }

    Measured measure(int functions, boolean atOnce, StaticImage image) {
      double before = processor();
      long started = System.nanoTime();
      if (atOnce) {
        Parallel.run(functions, index -> deploy(index, image));
      } else {
        for (int index = 0; index < functions; index++) {
          deploy(index, image);
        }
      }
      double accepted = seconds(started);
      Progress.step("%,d functions accepted in %.1f s".formatted(functions, accepted));
      try (ApiAccess api = new ApiAccess(server.record())) {
        while (ready(api) < functions) {
          if (System.nanoTime() - started > LIMIT_NANOS) {
            throw new IllegalStateException("not all functions are Ready");
          }
          LockSupport.parkNanos(POLL_NANOS);
        }
      }
      double ready = seconds(started);
      double processor = processor() - before;
      long listing = System.nanoTime();
      int listed = ApiAccess.json(send("GET", "")).size();
      if (listed != functions) {
        throw new IllegalStateException("%d functions are listed".formatted(listed));
      }
      return new Measured(accepted, ready, processor, seconds(listing) * 1000);
    }

    private void deploy(int index, StaticImage image) {
      send(
          "POST",
          """
          {"service":"f-%d","image":"%s","envVars":{"INDEX":"%d"},
           "labels":{"com.openfaas.scale.zero":"true"},"limits":{"memory":"64Mi"}}
          """
              .formatted(index, image.name(), index));
    }

    private static int ready(ApiAccess api) {
      int ready = 0;
      for (JsonNode service : api.get(SERVICES).path("items")) {
        for (JsonNode condition : service.at("/status/conditions")) {
          if (condition.path("type").asString("").equals("Ready")
              && condition.path("status").asString("").equals("True")) {
            ready++;
          }
        }
      }
      return ready;
    }

    private byte[] send(String method, String body) {
      HttpRequest request =
          HttpRequest.newBuilder(server.gateway().resolve("/system/functions"))
              .timeout(TIMEOUT)
              .header("Authorization", authorization)
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .build();
      try {
        HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() / 100 != 2) {
          throw new IllegalStateException(
              answer.statusCode() + ": " + new String(answer.body(), UTF_8));
        }
        return answer.body();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private double processor() {
      return Processes.cpuSeconds(ProcessHandle.of(server.pid()).orElseThrow());
    }

    private static double seconds(long started) {
      return (System.nanoTime() - started) / 1e9;
    }
  }
}

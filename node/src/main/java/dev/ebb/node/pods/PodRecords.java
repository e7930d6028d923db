package dev.ebb.node.pods;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.node.network.NetworkLease;
import dev.ebb.node.network.Protocol;
import dev.ebb.node.network.Tenant;
import dev.ebb.node.network.Tenant.NamedPort;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The records of Pods, `pods/ID.json`. They are not forced to the disk: after a loss of power
/// their processes are gone too, and the boot's number tells. Thread-safe for different Pods.
public final class PodRecords {
  private static final Logger LOG = System.getLogger(PodRecords.class.getName());
  private static final JsonMapper JSON = new JsonMapper();

  private final Path directory;

  /// @param directory is there
  public PodRecords(Path directory) {
    this.directory = directory;
  }

  /// Atomic: a record is there and whole, or as it was.
  void write(PodRecord record) throws IOException {
    Path temporary = directory.resolve("." + record.id() + ".tmp");
    Files.write(temporary, toJson(record));
    Files.move(temporary, file(record.id()), ATOMIC_MOVE);
  }

  void delete(InstanceId id) throws IOException {
    Files.deleteIfExists(file(id));
  }

  /// All records; one that cannot be read is deleted, as nothing can be done with it.
  public List<PodRecord> read() throws IOException {
    var records = new ArrayList<PodRecord>();
    try (var files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        try {
          if (file.toString().endsWith(".json")) {
            records.add(parse(Files.readAllBytes(file)));
          } else {
            Files.delete(file);
          }
        } catch (JacksonException | DateTimeException | IllegalArgumentException e) {
          LOG.log(Level.WARNING, "deleting unreadable record of a Pod " + file, e);
          Files.delete(file);
        }
      }
    }
    return records;
  }

  static byte[] toJson(PodRecord record) {
    var json = JSON.createObjectNode();
    json.put("id", record.id().value())
        .put("namespace", record.revision().namespace())
        .put("revision", record.revision().name())
        .put("alone", record.alone())
        .put("bootId", record.bootId())
        .put("hash", record.hash())
        .put("port", record.port())
        .put("createdAt", record.createdAt().toString())
        .put("reservation", record.reservation())
        .put("terminationGrace", record.terminationGrace().toString())
        .put("hostname", record.hostname());
    var network = json.putObject("network");
    network
        .put("name", record.network().name())
        .put("path", record.network().path().toString())
        .put("address", record.network().address().getHostAddress())
        .put("gateway", record.network().gateway().getHostAddress());
    var tenant = network.putObject("tenant");
    tenant.put("pod", record.network().tenant().pod());
    var labels = tenant.putObject("labels");
    record.network().tenant().labels().forEach(labels::put);
    var ports = tenant.putArray("ports");
    for (NamedPort port : record.network().tenant().ports()) {
      ports
          .addObject()
          .put("name", port.name())
          .put("protocol", port.protocol().name())
          .put("number", port.number());
    }
    var containers = json.putArray("containers");
    for (PodRecord.Container one : record.containers()) {
      containers
          .addObject()
          .put("name", one.name())
          .put("image", one.image())
          .put("init", one.init())
          .put("sidecar", one.sidecar())
          .put("stopSignal", one.stopSignal())
          .put("run", one.run())
          .put("runtimeId", one.runtimeId())
          .put("pid", one.pid())
          .put("startTime", one.startTime())
          .put("started", one.started())
          .put("ready", one.ready())
          .put("finished", one.finished())
          .put("startedAtMillis", one.startedAtMillis())
          .put("bySocket", one.bySocket());
    }
    return JSON.writeValueAsBytes(json);
  }

  static PodRecord parse(byte[] bytes) {
    JsonNode json = JSON.readTree(bytes);
    String id = text(json, "id");
    String namespace = text(json, "namespace");
    JsonNode network = json.required("network");
    var containers = new ArrayList<PodRecord.Container>();
    for (JsonNode one : json.required("containers")) {
      containers.add(
          new PodRecord.Container(
              text(one, "name"),
              text(one, "image"),
              one.required("init").asBoolean(),
              one.required("sidecar").asBoolean(),
              one.required("stopSignal").asInt(),
              one.required("run").asInt(),
              text(one, "runtimeId"),
              one.required("pid").asLong(),
              one.required("startTime").asLong(),
              one.required("started").asBoolean(),
              one.required("ready").asBoolean(),
              one.required("finished").asBoolean(),
              one.required("startedAtMillis").asLong(),
              one.path("bySocket").asBoolean(false)));
    }
    return new PodRecord(
        new InstanceId(id),
        new RevisionId(namespace, text(json, "revision")),
        json.required("alone").asBoolean(),
        text(json, "bootId"),
        text(json, "hash"),
        json.required("port").asInt(),
        Instant.parse(text(json, "createdAt")),
        json.required("reservation").asLong(),
        Duration.parse(text(json, "terminationGrace")),
        text(json, "hostname"),
        new NetworkLease(
            tenant(id, namespace, network.path("tenant")),
            text(network, "name"),
            Path.of(text(network, "path")),
            Inet4Address.ofLiteral(text(network, "address")),
            Inet4Address.ofLiteral(text(network, "gateway"))),
        containers);
  }

  /// Empty where an older server wrote none.
  private static Tenant tenant(String id, String namespace, JsonNode json) {
    Map<String, String> labels = new HashMap<>();
    json.path("labels")
        .properties()
        .forEach(it -> labels.put(it.getKey(), it.getValue().asString()));
    return new Tenant(
        id,
        namespace,
        json.path("pod").asString(id),
        labels,
        json.path("ports")
            .valueStream()
            .map(it ->
                new NamedPort(
                    text(it, "name"),
                    Protocol.valueOf(text(it, "protocol")),
                    it.required("number").asInt()))
            .toList());
  }

  private static String text(JsonNode json, String field) {
    return json.required(field).asString();
  }

  private Path file(InstanceId id) {
    return directory.resolve(id + ".json");
  }
}

package dev.ebb.kinds.functions;

import static dev.ebb.kinds.MetaSchemas.conditions;
import static dev.ebb.kinds.MetaSchemas.kind;
import static dev.ebb.kinds.SchemaBuilder.bytes;
import static dev.ebb.kinds.SchemaBuilder.int32;
import static dev.ebb.kinds.SchemaBuilder.int64;
import static dev.ebb.kinds.SchemaBuilder.mapOf;
import static dev.ebb.kinds.SchemaBuilder.object;
import static dev.ebb.kinds.SchemaBuilder.string;

import dev.ebb.kinds.SchemaBuilder;
import dev.ebb.kinds.core.PodSchemas;
import tools.jackson.databind.node.ObjectNode;

/// The schema of `ebb.dev/v1` Function.
final class FunctionSchemas {
  private FunctionSchemas() {}

  static ObjectNode function() {
    return kind("Source code in a language that becomes a Knative Service of the same name.")
        .required("spec", spec())
        .field(
            "status",
            object()
                .field("observedGeneration", int64())
                .field("conditions", conditions())
                .field("url", string().doc("Where requests go."))
                .field("packageDigest", string().doc("The package that the source became."))
                .field("latestReadyRevisionName", string()))
        .build();
  }

  private static SchemaBuilder spec() {
    return object()
        .required("runtime", string().doc("The language: python or nodejs."))
        .field("handler", string().doc("name or module.name; found by itself when left out."))
        .required("source", source())
        .field("entrypoint", string().doc("The file that is loaded: handler.py, handler.js."))
        .field("env", PodSchemas.environment())
        .field("envFrom", PodSchemas.environmentSources())
        .field(
            "resources", object().field("limits", PodSchemas.quantities().doc("memory and cpu.")))
        .field(
            "concurrency",
            int64().range(0, 1000).defaultTo(0).doc("Requests at once in an instance; 0: any."))
        .field(
            "timeoutSeconds",
            int64().range(0, 600).defaultTo(300).doc("The longest that a request may take."))
        .field("scaling", scaling());
  }

  private static SchemaBuilder source() {
    return object()
        .doc("The code; exactly one of these.")
        .field("inline", string().doc("The text of the one file."))
        .field("files", mapOf(string()).doc("Text by path."))
        .field("archive", bytes().doc("A zip or tar.gz in base64."));
  }

  private static SchemaBuilder scaling() {
    return object()
        .doc("How many instances there may be.")
        .field("min", int32().atLeast(0).doc("At least so many; 0 lets it go to zero."))
        .field("max", int32().atLeast(0).doc("At most so many; 0 for no limit."))
        .field("initial", int32().atLeast(0).doc("So many prove a new version."))
        .field("target", int32().atLeast(1).doc("Requests at once that an instance should have."))
        .field("window", string().doc("What is averaged: 6s to 1h."));
  }
}

package dev.ebb.kinds;

import static dev.ebb.kinds.SchemaBuilder.bool;
import static dev.ebb.kinds.SchemaBuilder.dateTime;
import static dev.ebb.kinds.SchemaBuilder.freeObject;
import static dev.ebb.kinds.SchemaBuilder.int64;
import static dev.ebb.kinds.SchemaBuilder.listOf;
import static dev.ebb.kinds.SchemaBuilder.mapOf;
import static dev.ebb.kinds.SchemaBuilder.object;
import static dev.ebb.kinds.SchemaBuilder.string;

import tools.jackson.databind.node.ObjectNode;

/// What every kind has: its type, its metadata, and the conditions of its status.
public final class MetaSchemas {
  private MetaSchemas() {}

  /// The top of a kind; `spec` and `status` come beside it.
  public static SchemaBuilder kind(String doc) {
    return object()
        .doc(doc)
        .field("apiVersion", string().doc("Group and version of this object's kind."))
        .field("kind", string().doc("The kind of this object."))
        .field("metadata", objectMeta());
  }

  /// The fields that every object inside of another has.
  static ObjectNode embedded() {
    return (ObjectNode) kind("").build().path("properties");
  }

  public static SchemaBuilder objectMeta() {
    return object()
        .doc("Standard metadata of an object.")
        .field("name", string().doc("Unique among its kind in its namespace; never changes."))
        .field("generateName", string().doc("The server appends a random end to this prefix."))
        .field("namespace", string().doc("Where the object lives; never changes."))
        .field("labels", mapOf(string()).doc("Names and values that selectors choose by."))
        .field("annotations", mapOf(string()).doc("Names and values for tools."))
        .field("uid", string().doc("Unique over all time; set by the server."))
        .field("resourceVersion", string().doc("Opaque version for optimistic concurrency."))
        .field("generation", int64().doc("Counts the changes of what is wanted."))
        .field("creationTimestamp", dateTime().nullable().doc("Set by the server."))
        .field("deletionTimestamp", dateTime().nullable().doc("Set when deletion began."))
        .field("deletionGracePeriodSeconds", int64().doc("Time left to stop, in seconds."))
        .field("finalizers", listOf(string()).asSet().doc("Who must agree before the object goes."))
        .field(
            "ownerReferences",
            listOf(ownerReference()).keyedBy("uid").doc("The object goes with its owners."))
        .field("managedFields", listOf(freeObject()).atomic().doc("Who set which field."))
        .field("selfLink", string().doc("Not used any more."));
  }

  private static SchemaBuilder ownerReference() {
    return object()
        .required("apiVersion", string())
        .required("kind", string())
        .required("name", string())
        .required("uid", string())
        .field("controller", bool())
        .field("blockOwnerDeletion", bool())
        .atomic();
  }

  /// `metadata` of a template: what the objects made from it get.
  public static SchemaBuilder templateMeta() {
    return object()
        .preserveUnknownFields()
        .field("name", string())
        .field("namespace", string())
        .field("labels", mapOf(string()))
        .field("annotations", mapOf(string()))
        .field("finalizers", listOf(string()));
  }

  /// `status.conditions` as Knative writes them.
  public static SchemaBuilder conditions() {
    return listOf(
            object()
                .required("type", string())
                .required("status", string().doc("True, False or Unknown."))
                .field("reason", string().doc("One CamelCase word for programs."))
                .field("message", string().doc("A sentence for people."))
                .field("severity", string().doc("Empty for an error, else Warning or Info."))
                .field("lastTransitionTime", dateTime().nullable()))
        .mergedBy("type")
        .doc("What the controllers see, one entry for each aspect.");
  }
}

package dev.ebb.kinds.api;

import java.util.List;

/// An object of the Kubernetes API.
///
/// @param name whole: `core.v1.PodSpec`
/// @param kind has `apiVersion` and `kind`, which are no fields in protobuf
/// @param atomic has one owner in server-side apply
/// @param doc empty if there is nothing to say
public record ApiType(
    String name, boolean kind, boolean atomic, String doc, List<ApiField> fields) {
  public ApiType {
    fields = List.copyOf(fields);
  }
}

package dev.ebb.resources;

import tools.jackson.databind.JsonNode;

/// A change to an object in one of the formats of the Kubernetes API.
public record Patch(Type type, JsonNode body) {
  public enum Type {
    /// RFC 6902, `application/json-patch+json`.
    JSON("application/json-patch+json"),
    /// RFC 7396, `application/merge-patch+json`.
    MERGE("application/merge-patch+json"),
    /// Kubernetes's own kinds only, `application/strategic-merge-patch+json`.
    STRATEGIC_MERGE("application/strategic-merge-patch+json"),
    /// Server-side apply, `application/apply-patch+yaml`.
    APPLY("application/apply-patch+yaml");

    private final String mediaType;

    Type(String mediaType) {
      this.mediaType = mediaType;
    }

    public String mediaType() {
      return mediaType;
    }
  }
}

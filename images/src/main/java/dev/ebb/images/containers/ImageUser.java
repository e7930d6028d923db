package dev.ebb.images.containers;

/// Who runs an image: the ServiceAccount of a Pod or a Revision.
public record ImageUser(String namespace, String serviceAccount) {}

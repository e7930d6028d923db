package dev.ebb.node.sandbox;

/// The user that an image names: empty for root, or `USER[:GROUP]`, each a name of the image's
/// `/etc/passwd` and `/etc/group` or a number (config.User of the OCI image specification).
/// [Security#runAsUser] and [Security#runAsGroup] go before it.
public record ContainerUser(String name) {
  public static final ContainerUser ROOT = new ContainerUser("");
}

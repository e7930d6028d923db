package dev.ebb.images.distribution;

import java.net.URI;

/// One place where a registry's protocol is spoken.
///
/// @param base URL in front of `/v2/`, without a slash at its end
/// @param host whose credentials are used there
/// @param verified whether the certificate must be trusted and plain HTTP is refused
record Endpoint(URI base, String host, boolean verified) {
  URI manifest(String repository, String version) {
    return at(repository + "/manifests/" + version);
  }

  URI blob(String repository, String digest) {
    return at(repository + "/blobs/" + digest);
  }

  /// The parts are made of letters that URLs take as they are, see [ImageReference].
  private URI at(String path) {
    return URI.create(base + "/v2/" + path);
  }
}

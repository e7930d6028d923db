package dev.ebb.images.distribution;

import dev.ebb.images.distribution.ImageException.Reason;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// For what machine an image is, by its configuration: what an index says is only a hint.
final class ConfigPlatform {
  private static final JsonMapper JSON = new JsonMapper();

  private ConfigPlatform() {}

  /// @throws ImageException with [Reason#WRONG_PLATFORM] when this machine does not run it
  static void check(ImageReference image, byte[] config, Platform machine) {
    var platform = read(image, config);
    if (!machine.runs(platform)) {
      throw new ImageException(
          Reason.WRONG_PLATFORM,
          image + ": the image is for " + platform + ", this machine is " + machine);
    }
  }

  private static Platform read(ImageReference image, byte[] config) {
    try {
      var json = JSON.readTree(config);
      return new Platform(
          json.path("os").asString(""),
          json.path("architecture").asString(""),
          json.path("variant").asString(""));
    } catch (JacksonException e) {
      throw new ImageException(Reason.INVALID, image + ": its configuration is not JSON", e);
    }
  }
}

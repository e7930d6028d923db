package dev.ebb.apiserver;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A user as `authentication.k8s.io` writes one.
final class UserInfo {
  private UserInfo() {}

  static void write(User user, ObjectNode into) {
    into.put("username", user.name());
    if (!user.uid().isEmpty()) {
      into.put("uid", user.uid());
    }
    ArrayNode groups = into.putArray("groups");
    user.groups().forEach(groups::add);
    if (!user.extra().isEmpty()) {
      ObjectNode extra = into.putObject("extra");
      user.extra()
          .forEach((key, values) -> {
            ArrayNode all = extra.putArray(key);
            values.forEach(all::add);
          });
    }
  }
}

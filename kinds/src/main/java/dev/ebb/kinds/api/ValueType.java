package dev.ebb.kinds.api;

import java.util.List;

/// What a field holds.
public sealed interface ValueType {
  record Plain(Scalar scalar) implements ValueType {}

  /// One of these texts.
  record Choice(List<String> values) implements ValueType {
    public Choice {
      values = List.copyOf(values);
    }
  }

  /// @param type whole, `core.v1.PodSpec`; [ApiTypes#type] knows it
  record Named(String type) implements ValueType {}

  record ListOf(ValueType items) implements ValueType {}

  /// From text to this.
  record MapOf(ValueType values) implements ValueType {}
}

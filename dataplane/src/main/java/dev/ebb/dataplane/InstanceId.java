package dev.ebb.dataplane;

/// The name of an instance, unique on this machine for all time: also the name of its Pod.
public record InstanceId(String value) {
  @Override
  public String toString() {
    return value;
  }
}

package dev.ebb.dataplane;

import java.util.List;

/// A room's metrics, read when somebody scrapes them. Thread-safe.
public interface MetricSource {
  List<MetricFamily> metrics();
}

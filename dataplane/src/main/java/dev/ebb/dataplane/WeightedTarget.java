package dev.ebb.dataplane;

/// @param percent 0 to 100
public record WeightedTarget(RouteTarget target, int percent) {}

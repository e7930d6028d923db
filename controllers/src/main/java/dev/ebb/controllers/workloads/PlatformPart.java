package dev.ebb.controllers.workloads;

/// The parts of Ebb that do what peers do in Deployments of their own.
public enum PlatformPart {
  GATEWAY("gateway", "which routes, holds and counts requests"),
  AUTOSCALER("autoscaler", "which decides how many instances each revision has"),
  CONTROLLERS("controllers", "which reconcile Services, Configurations, Revisions and Routes"),
  API_SERVER("API server", "which sets defaults and validates"),
  EVENT_LOG("event log", "which keeps asynchronous calls and has them made");

  private final String title;
  private final String job;

  PlatformPart(String title, String job) {
    this.title = title;
    this.job = job;
  }

  /// `Ebb's gateway, which routes, holds and counts requests,`.
  String described() {
    return "Ebb's %s, %s,".formatted(title, job);
  }

  boolean isPlural() {
    return this == CONTROLLERS;
  }
}

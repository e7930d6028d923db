package dev.ebb.node;

import dev.ebb.dataplane.Workload;
import java.util.List;
import java.util.Map;

/// Everything of a start that is the same for each instance of a revision, worked out when the
/// revision is registered, so that a cold start does not wait for it.
///
/// @param command its first word is an absolute path
/// @param defaults variables that the user's may replace
/// @param contract variables that nothing replaces
/// @param hash ten digits of what is run: command, environment, limit and the runtime's own files;
///   part of the instances' names, and what tells outdated ones
/// @param memoryLimit bytes that the instance is held to; 0 for none
/// @param reservation bytes that it counts for in the machine's budget
record StartPlan(
    Workload workload,
    List<String> command,
    Map<String, String> defaults,
    Map<String, String> contract,
    String hash,
    long memoryLimit,
    long reservation) {}

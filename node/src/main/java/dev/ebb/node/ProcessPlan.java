package dev.ebb.node;

import dev.ebb.dataplane.Workload;
import java.util.List;
import java.util.Map;

/// A plan of plain processes.
///
/// @param command its first word is an absolute path
/// @param defaults variables that the user's may replace
/// @param contract variables that nothing replaces
/// @param memoryLimit bytes that the instance is held to; 0 for none
record ProcessPlan(
    Workload workload,
    List<String> command,
    Map<String, String> defaults,
    Map<String, String> contract,
    String hash,
    long memoryLimit,
    long reservation)
    implements StartPlan {}

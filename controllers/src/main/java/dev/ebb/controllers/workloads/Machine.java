package dev.ebb.controllers.workloads;

/// This machine as of now, for its Node object.
///
/// @param architecture in Go's words: `amd64`, `arm64`
/// @param cpus as many as the server may use
/// @param memoryBytes of the machine
/// @param freeMemoryBytes what the kernel says is available
/// @param instanceMemoryBytes what the limits of all instances may sum up to
/// @param maxInstances of all revisions together
/// @param diskBytes of the file system that holds the data directory
/// @param freeDiskBytes of it
public record Machine(
    String name,
    String architecture,
    String osImage,
    String kernelVersion,
    String bootId,
    String ebbVersion,
    int cpus,
    long memoryBytes,
    long freeMemoryBytes,
    long instanceMemoryBytes,
    int maxInstances,
    long diskBytes,
    long freeDiskBytes) {}

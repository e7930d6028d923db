package dev.ebb.node.sandbox;

import java.nio.file.Path;

/// How containers are run.
///
/// @param runtime what runs them
/// @param owner name of the control groups of this server, unique on the machine; the same when the
///   server is started again
/// @param state a directory that outlives the server: which containers there are
/// @param runtimeState a directory that need not outlive the boot, for the runtime's own state
/// @param launchers how many containers can be started at once; each costs a thread, a mount
///   namespace and a control group
public record SandboxConfig(
    OciRuntime runtime, String owner, Path state, Path runtimeState, int launchers) {}

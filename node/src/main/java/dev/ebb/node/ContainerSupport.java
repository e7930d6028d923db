package dev.ebb.node;

import dev.ebb.dataplane.ApiAccess;
import dev.ebb.images.containers.ContainerImages;
import dev.ebb.node.pods.PodNetwork;
import dev.ebb.node.sandbox.ContainerRuntime;
import dev.ebb.node.volumes.HostPaths;

/// What a node needs to run container images.
///
/// @param hostPaths what of the machine they may mount
/// @param access as whom their programs speak to the API server
public record ContainerSupport(
    ContainerRuntime runtime,
    ContainerImages images,
    PodNetwork network,
    ApiAccess access,
    HostPaths hostPaths) {}

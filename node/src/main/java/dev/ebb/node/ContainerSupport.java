package dev.ebb.node;

import dev.ebb.images.containers.ContainerImages;
import dev.ebb.node.pods.PodNetwork;
import dev.ebb.node.sandbox.ContainerRuntime;

/// What a node needs to run container images.
public record ContainerSupport(
    ContainerRuntime runtime, ContainerImages images, PodNetwork network) {}

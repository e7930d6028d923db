package dev.ebb.node;

import dev.ebb.node.pods.ImageLease;
import dev.ebb.node.pods.PodRecord;
import dev.ebb.node.pods.PodSetup;

/// A Pod of an earlier server that still runs.
///
/// @param images keeps what it runs from being collected
record FoundPod(PodRecord record, PodSetup setup, ImageLease images) {}

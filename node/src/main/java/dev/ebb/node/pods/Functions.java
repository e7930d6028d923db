package dev.ebb.node.pods;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.Workload;
import dev.ebb.images.FunctionImage;
import dev.ebb.node.StartRefusedException;

/// Functions from source as containers: what an image says of itself, worked out for a package.
public interface Functions {
  /// Unpacks the package and finds its runtime and interpreter. Blocks.
  ///
  /// @param container of the workload; its image is `function`
  /// @throws StartRefusedException when one of them is missing, or the workload may not run it
  FunctionImageConfig open(Workload workload, Container container, FunctionImage function);
}

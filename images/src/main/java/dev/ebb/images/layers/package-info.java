/// The layers of images: archives from anywhere, which are unpacked so that none writes outside of
/// its own directory.
@NullMarked
package dev.ebb.images.layers;

import org.jspecify.annotations.NullMarked;

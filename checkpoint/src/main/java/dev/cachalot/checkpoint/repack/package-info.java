/** Weights in the layout of this machine's kernels, kept beside the model. */
@NullMarked
package dev.cachalot.checkpoint.repack;

import org.jspecify.annotations.NullMarked;

/**
 * The rungs of the kernel ladder: implementations of {@link dev.cachalot.tensor.Kernels}. Not
 * exported.
 */
@org.jspecify.annotations.NullMarked
package dev.cachalot.tensor.kernel;

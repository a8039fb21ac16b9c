/** Benchmarks of the tensor room, on shapes of real models. */
@org.jspecify.annotations.NullMarked
package dev.cachalot.bench.tensor;

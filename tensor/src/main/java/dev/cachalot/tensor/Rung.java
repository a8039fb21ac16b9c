package dev.cachalot.tensor;

/** Which kernels run: each rung is judged by the one before it. */
public enum Rung {
    /** Plain loops: the specification. */
    SCALAR,
    /** jdk.incubator.vector, any CPU. */
    VECTOR
}

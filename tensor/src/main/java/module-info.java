/** The tensor room. */
module dev.cachalot.tensor {
    requires jdk.incubator.vector;
    requires static org.jspecify;

    exports dev.cachalot.tensor;
}

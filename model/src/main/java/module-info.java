/** The model room. */
module dev.cachalot.model {
    requires transitive dev.cachalot.checkpoint;
    requires transitive dev.cachalot.tensor;
    requires static org.jspecify;

    exports dev.cachalot.model;
}

/** The engine room. */
module dev.cachalot.engine {
    requires transitive dev.cachalot.model;
    requires transitive dev.cachalot.tensor;
    requires static org.jspecify;

    exports dev.cachalot.engine;
}

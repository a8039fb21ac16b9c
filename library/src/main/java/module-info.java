/** The library room: models on disk, found by name and made ready to run. */
module dev.cachalot.library {
    requires transitive dev.cachalot.engine;
    requires transitive dev.cachalot.model;
    requires transitive dev.cachalot.checkpoint;
    requires transitive dev.cachalot.tokenizer;
    requires transitive dev.cachalot.tensor;
    requires com.fasterxml.jackson.databind;
    requires java.management;
    requires java.net.http;
    requires jdk.management;
    requires static org.jspecify;

    exports dev.cachalot.library;
    exports dev.cachalot.library.convert;
    exports dev.cachalot.library.hub;
    exports dev.cachalot.library.plan;
}

/** The library room. */
module dev.cachalot.library {
    requires transitive dev.cachalot.engine;
    requires transitive dev.cachalot.model;
    requires transitive dev.cachalot.checkpoint;
    requires transitive dev.cachalot.tokenizer;
    requires transitive dev.cachalot.tensor;
    requires com.fasterxml.jackson.databind;
    requires static org.jspecify;

    exports dev.cachalot.library;
}

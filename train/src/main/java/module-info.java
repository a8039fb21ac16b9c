/** The train room. */
module dev.cachalot.train {
    requires transitive dev.cachalot.engine;
    requires transitive dev.cachalot.model;
    requires transitive dev.cachalot.checkpoint;
    requires transitive dev.cachalot.tokenizer;
    requires transitive dev.cachalot.tensor;
    requires dev.cachalot.eval;
    requires transitive dev.cachalot.tasks;
    requires com.fasterxml.jackson.databind;
    requires static org.jspecify;

    exports dev.cachalot.train;
}

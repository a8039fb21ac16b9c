/** The train room. */
module dev.cachalot.train {
    requires transitive dev.cachalot.model;
    requires transitive dev.cachalot.checkpoint;
    requires transitive dev.cachalot.tokenizer;
    requires transitive dev.cachalot.tensor;
    requires transitive dev.cachalot.tasks;
    requires com.fasterxml.jackson.annotation;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires static transitive org.jspecify; // a recipe's q_lora_rank may be null

    exports dev.cachalot.train;
}

/** The checkpoint room. */
module dev.cachalot.checkpoint {
    requires transitive dev.cachalot.tensor;
    requires com.fasterxml.jackson.databind;
    requires static org.jspecify;

    exports dev.cachalot.checkpoint;
    exports dev.cachalot.checkpoint.repack;
}

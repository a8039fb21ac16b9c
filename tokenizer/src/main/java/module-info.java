/** The tokenizer room. */
module dev.cachalot.tokenizer {
    requires com.fasterxml.jackson.databind;
    requires static org.jspecify;

    exports dev.cachalot.tokenizer;
}

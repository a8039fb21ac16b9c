/** The chat room. */
module dev.cachalot.chat {
    requires transitive dev.cachalot.engine;
    requires transitive dev.cachalot.tokenizer;
    requires static org.jspecify;

    exports dev.cachalot.chat;
}

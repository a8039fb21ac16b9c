/** The cli room. */
module dev.cachalot.cli {
    requires dev.cachalot.tensor;
    requires dev.cachalot.tokenizer;
    requires dev.cachalot.checkpoint;
    requires dev.cachalot.tasks;
    requires dev.cachalot.model;
    requires dev.cachalot.engine;
    requires dev.cachalot.chat;
    requires dev.cachalot.library;
    requires dev.cachalot.eval;
    requires dev.cachalot.train;
    requires dev.cachalot.server;
    requires static org.jspecify;
}

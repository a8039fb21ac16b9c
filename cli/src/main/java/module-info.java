/** The cli room: one class a subcommand; puts the other rooms together. */
module dev.cachalot.cli {
    requires dev.cachalot.tensor;
    requires dev.cachalot.tokenizer;
    requires dev.cachalot.checkpoint;
    requires dev.cachalot.tasks;
    requires dev.cachalot.model;
    requires dev.cachalot.engine;
    requires dev.cachalot.chat;
    requires dev.cachalot.eval;
    requires dev.cachalot.library;
    requires dev.cachalot.train;
    requires dev.cachalot.server;
    requires java.logging;
    requires info.picocli;
    requires org.jline.reader;
    requires org.jline.terminal;
    requires com.fasterxml.jackson.databind;
    requires static org.jspecify;

    opens dev.cachalot.cli to
            info.picocli;
}

/** The eval room. */
module dev.cachalot.eval {
    requires transitive dev.cachalot.chat;
    requires transitive dev.cachalot.tasks;
    requires com.fasterxml.jackson.databind;
    requires static org.jspecify;

    exports dev.cachalot.eval;
}

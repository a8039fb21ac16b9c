/** The server room. */
module dev.cachalot.server {
    requires transitive dev.cachalot.chat;
    requires dev.cachalot.library;
    requires com.fasterxml.jackson.databind;
    requires static org.jspecify;

    exports dev.cachalot.server;
}

/** The server room: wire formats over HTTP, and the chat page. */
module dev.cachalot.server {
    requires transitive dev.cachalot.chat;
    requires com.fasterxml.jackson.databind;
    requires io.helidon.webserver;
    requires static org.jspecify;

    exports dev.cachalot.server;
}

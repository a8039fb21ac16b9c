package dev.cachalot.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Bytes over a socket, for what an HTTP client would not send. */
final class RawClient implements AutoCloseable {
    private final Socket socket;
    private final int port;

    RawClient(int port) throws IOException {
        this.port = port;
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
    }

    /** Sends the text as it is. */
    void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    void post(String body) throws IOException {
        send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost:"
                        + port
                        + "\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body);
    }

    BufferedReader reader() throws IOException {
        return new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Waits until the answer has begun. */
    void awaitByte() throws IOException {
        if (socket.getInputStream().read() < 0) {
            throw new AssertionError("the server closed the connection");
        }
    }

    /** The whole answer to one request; the request should ask to close. */
    String answer(String request) throws IOException {
        send(request);
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Goes away in the middle of an answer. */
    void leave() throws IOException {
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

package dev.cachalot.library.hub;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;

/**
 * Answers one request after another with given bytes and hangs up. A proxy for every host there is:
 * no redirect leaves this machine, and no name is looked up.
 */
final class ScriptedAnswers extends ProxySelector implements AutoCloseable {
    /** The hub's own address in the scripts; nobody listens there. */
    static final String HUB = "127.0.0.1:7";

    private static final Pattern OWN = Pattern.compile("GET http://" + HUB + "[/? ]");

    private static final byte[] NOTHING_LEFT =
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket socket;
    private final ProxySelector before = ProxySelector.getDefault();
    private final Queue<byte[]> answers = new ConcurrentLinkedQueue<>();
    private final Queue<String> leaks = new ConcurrentLinkedQueue<>();

    ScriptedAnswers() {
        try {
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ProxySelector.setDefault(this);
        Thread.ofPlatform().daemon().name("scripted-hub").start(this::serve);
    }

    /** Starts over with these answers. */
    void script(List<byte[]> given) {
        answers.clear();
        leaks.clear();
        answers.addAll(given);
    }

    /** Requests that carried the token to another host. */
    List<String> leaks() {
        return List.copyOf(leaks);
    }

    private void serve() {
        while (true) {
            try (Socket connection = socket.accept()) {
                answer(connection);
            } catch (SocketException gone) {
                if (socket.isClosed()) {
                    return;
                }
            } catch (IOException gone) {
                // the client hung up: the next one, please
            }
        }
    }

    private void answer(Socket connection) throws IOException {
        connection.setSoTimeout(2000);
        BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                connection.getInputStream(), StandardCharsets.ISO_8859_1));
        List<String> request = new ArrayList<>();
        String line = lines.readLine();
        while (line != null && !line.isEmpty()) {
            request.add(line);
            line = lines.readLine();
        }
        boolean carriesToken =
                request.stream()
                        .anyMatch(
                                header ->
                                        header.toLowerCase(Locale.ROOT)
                                                .startsWith("authorization:"));
        if (carriesToken && !OWN.matcher(request.getFirst()).lookingAt()) {
            leaks.add(request.getFirst());
        }
        byte[] answer = answers.poll();
        connection.getOutputStream().write(answer == null ? NOTHING_LEFT : answer);
        connection.getOutputStream().flush();
        connection.shutdownOutput();
    }

    @Override
    public List<Proxy> select(URI uri) {
        return List.of(
                new Proxy(
                        Proxy.Type.HTTP,
                        new InetSocketAddress(
                                InetAddress.getLoopbackAddress(), socket.getLocalPort())));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {}

    @Override
    public void close() {
        ProxySelector.setDefault(before);
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.cachalot.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * Where and how much to serve.
 *
 * @param host a name or address of this machine's loopback: there are no accounts yet, so nothing
 *     else is allowed
 * @param port 0 for any free one
 * @param maxBodyBytes most bytes of a request's body
 * @param maxOpenChats most answers at once; more are refused with 429
 * @param keepAlive a sign of life is sent after so long a silence, which also finds clients that
 *     have gone
 * @param drain how long open answers may go on when the server is closed
 */
public record ServerConfig(
        String host,
        int port,
        int maxBodyBytes,
        int maxOpenChats,
        Duration keepAlive,
        Duration drain) {
    public ServerConfig {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException(
                    "port is " + port + "; expected 1 to 65535, or 0 for any free one");
        }
        if (maxBodyBytes < 1 || maxOpenChats < 1) {
            throw new IllegalArgumentException(
                    "maxBodyBytes is %d and maxOpenChats %d; expected at least 1"
                            .formatted(maxBodyBytes, maxOpenChats));
        }
        if (!keepAlive.isPositive() || drain.isNegative()) {
            throw new IllegalArgumentException(
                    "keepAlive is %s and drain %s; expected more than nothing, and nothing or more"
                            .formatted(keepAlive, drain));
        }
        address(host);
    }

    /** A server on 127.0.0.1: bodies of 1 MiB, 64 answers at once. */
    public static ServerConfig local(int port) {
        return new ServerConfig(
                "127.0.0.1", port, 1 << 20, 64, Duration.ofSeconds(5), Duration.ofSeconds(5));
    }

    /** The loopback address to bind to. */
    InetAddress address() {
        return address(host);
    }

    private static InetAddress address(String host) {
        InetAddress address;
        try {
            address = InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "host is '" + host + "', which nobody knows; try 127.0.0.1", e);
        }
        if (!address.isLoopbackAddress()) {
            throw new IllegalArgumentException(
                    ("host is '%s', which other machines can reach; without accounts only this"
                                    + " machine's loopback is served: use 127.0.0.1, and a tunnel"
                                    + " from elsewhere")
                            .formatted(host));
        }
        return address;
    }
}

package dev.cachalot.library.hub;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import javax.net.ssl.SSLException;

/** A failed connection in words. */
final class Causes {

    static String of(IOException failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            switch (at) {
                case UnknownHostException _ -> {
                    return "no such host, or no network";
                }
                case java.nio.channels.UnresolvedAddressException _ -> {
                    return "no such host, or no network";
                }
                case HttpTimeoutException _ -> {
                    return "no answer in time";
                }
                case SSLException tls -> {
                    return "no trusted connection: " + tls.getMessage();
                }
                case ConnectException refused when refused.getMessage() != null -> {
                    return String.valueOf(refused.getMessage());
                }
                default -> {}
            }
        }
        return failure.getMessage() == null
                ? failure.getClass().getSimpleName()
                : failure.getMessage();
    }

    private Causes() {}
}

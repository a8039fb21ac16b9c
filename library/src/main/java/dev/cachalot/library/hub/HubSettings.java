package dev.cachalot.library.hub;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * Where the hub is and who asks.
 *
 * @param endpoint base address, without a slash at its end; a mirror's may have a path
 * @param token sent to that address only; absent for what everybody may fetch
 */
public record HubSettings(URI endpoint, Optional<String> token) {
    /** The one place that names the hub; CACHALOT_HUB or HF_ENDPOINT name another. */
    private static final String DEFAULT = "https://huggingface.co";

    public HubSettings {
        String scheme = endpoint.getScheme();
        if (scheme == null
                || !(scheme.equals("https") || scheme.equals("http"))
                || endpoint.getHost() == null
                || endpoint.getRawUserInfo() != null
                || endpoint.getRawQuery() != null
                || endpoint.getRawFragment() != null) {
            throw new HubException(
                    HubException.Reason.CHOICE,
                    "the hub's address is '"
                            + endpoint
                            + "'; expected one like https://host or https://host/path"
                            + " (set by CACHALOT_HUB or HF_ENDPOINT)");
        }
    }

    /** The settings of this process's environment. */
    public static HubSettings ofEnvironment() {
        return of(System.getenv());
    }

    static HubSettings of(Map<String, String> environment) {
        String address =
                given(environment, "CACHALOT_HUB")
                        .or(() -> given(environment, "HF_ENDPOINT"))
                        .orElse(DEFAULT);
        Optional<String> token = given(environment, "HF_TOKEN");
        token.filter(text -> !text.chars().allMatch(c -> c > ' ' && c < 127))
                .ifPresent(
                        _ -> {
                            throw new HubException(
                                    HubException.Reason.CHOICE,
                                    "HF_TOKEN holds characters that no token has;"
                                            + " expected letters, digits and underscores");
                        });
        try {
            return new HubSettings(URI.create(address.replaceAll("/+$", "")), token);
        } catch (IllegalArgumentException notAnAddress) {
            throw new HubException(
                    HubException.Reason.CHOICE,
                    "the hub's address is '"
                            + address
                            + "', which is none; expected one like https://host"
                            + " (set by CACHALOT_HUB or HF_ENDPOINT)");
        }
    }

    private static Optional<String> given(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }

    /** Whether an address is on the hub's own host, where the token may go. */
    boolean isOwn(URI address) {
        return endpoint.getScheme().equalsIgnoreCase(address.getScheme())
                && endpoint.getHost().equalsIgnoreCase(address.getHost())
                && port(endpoint) == port(address);
    }

    private static int port(URI address) {
        if (address.getPort() != -1) {
            return address.getPort();
        }
        return "https".equalsIgnoreCase(address.getScheme()) ? 443 : 80;
    }

    /** The settings without the token: for printing. */
    @Override
    public String toString() {
        return "HubSettings[endpoint="
                + endpoint
                + ", token="
                + (token.isPresent() ? "given" : "none")
                + "]";
    }
}

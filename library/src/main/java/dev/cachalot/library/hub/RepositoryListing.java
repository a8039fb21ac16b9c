package dev.cachalot.library.hub;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cachalot.library.hub.HubConnection.Answer;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks the hub what a repository holds: {@code /api/models/R/revision/V} for the commit, then
 * {@code /api/models/R/tree/C?recursive=true} page by page. Answers are bounded in bytes, depth and
 * number.
 */
final class RepositoryListing {
    private static final int MOST_BYTES = 16 << 20; // of one answer
    private static final int MOST_FILES = 50_000;
    private static final int MOST_PAGES = 100;
    private static final int MOST_DEPTH = 16;
    private static final int LONGEST_LINK = 8192; // the pattern's time grows with its square
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern NEXT = Pattern.compile("<([^<>]+)>\\s*;[^,]*rel=\"?next\"?");
    private static final ObjectMapper JSON =
            new JsonMapper(
                    JsonFactory.builder()
                            .streamReadConstraints(
                                    StreamReadConstraints.builder()
                                            .maxNestingDepth(MOST_DEPTH)
                                            .maxStringLength(1 << 20)
                                            .maxNumberLength(64)
                                            .build())
                            // its table of names gives up on names made to collide
                            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                            .build());

    private final HubConnection connection;
    private final Patience patience;

    RepositoryListing(HubConnection connection, Patience patience) {
        this.connection = connection;
        this.patience = patience;
    }

    private record Page(byte[] bytes, Optional<String> next) {}

    Repository read(ModelReference reference) throws InterruptedException {
        String models = "/api/models/" + reference.repository();
        URI revision =
                connection.address(
                        models + "/revision/" + Repository.escaped(reference.revision(), false));
        String commit = commit(fetch(revision).bytes(), revision);
        List<HubFile> files = new ArrayList<>();
        URI at = connection.address(models + "/tree/" + commit + "?recursive=true");
        for (int pages = 0; ; pages++) {
            if (pages == MOST_PAGES) {
                throw HubException.answer(
                        "the hub lists %s on more than %d pages; expected an end"
                                .formatted(reference.repository(), MOST_PAGES));
            }
            Page page = fetch(at);
            addFiles(page.bytes(), at, files);
            if (page.next().isEmpty()) {
                break;
            }
            at = next(at, page.next().get());
        }
        Set<String> paths = new HashSet<>();
        for (HubFile file : files) {
            if (!paths.add(file.path())) {
                throw HubException.answer("the hub lists " + file.path() + " twice");
            }
        }
        return new Repository(reference.repository(), commit, files);
    }

    /** The next page must be on the same host: nothing else is a continuation. */
    private static URI next(URI at, String link) {
        try {
            URI next = at.resolve(URI.create(link));
            if (String.valueOf(next.getAuthority()).equals(at.getAuthority())
                    && String.valueOf(next.getScheme()).equals(at.getScheme())) {
                return next;
            }
        } catch (IllegalArgumentException notAnAddress) {
            // told below
        }
        throw HubException.answer(
                "the hub's list goes on at '%s'; expected an address of %s"
                        .formatted(HubFile.shown(link), at.getHost()));
    }

    private Page fetch(URI address) throws InterruptedException {
        while (true) {
            try (Answer answer = connection.get(address, 0)) {
                Optional<String> next = next(answer.headers().allValues("Link"), address);
                Page page = new Page(readAll(answer, address), next);
                patience.reward();
                return page;
            } catch (TransientException failure) {
                patience.after(failure);
            }
        }
    }

    private static Optional<String> next(List<String> links, URI address) {
        for (String link : links) {
            if (link.length() > LONGEST_LINK) {
                throw HubException.answer(
                        "the answer to %s has a link of %,d characters; expected at most %,d"
                                .formatted(address.getPath(), link.length(), LONGEST_LINK));
            }
            Matcher found = NEXT.matcher(link);
            if (found.find()) {
                return Optional.of(found.group(1));
            }
        }
        return Optional.empty();
    }

    private static byte[] readAll(Answer answer, URI address) throws TransientException {
        byte[] bytes = new byte[1 << 16];
        int length = 0;
        while (true) {
            int count = answer.body().read(bytes, length, bytes.length - length);
            if (count < 0) {
                return java.util.Arrays.copyOf(bytes, length);
            }
            length += count;
            if (length > MOST_BYTES) {
                throw HubException.answer(
                        "the answer to %s is longer than %,d bytes; expected a list of files"
                                .formatted(address.getPath(), MOST_BYTES));
            }
            if (length == bytes.length) {
                bytes = java.util.Arrays.copyOf(bytes, 2 * length);
            }
        }
    }

    private static String commit(byte[] json, URI address) {
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    boolean isCommit = parser.currentName().equals("sha");
                    if (parser.nextToken() == JsonToken.VALUE_STRING
                            && isCommit
                            && COMMIT.matcher(parser.getText()).matches()) {
                        return parser.getText();
                    }
                    parser.skipChildren();
                }
            }
        } catch (IOException broken) {
            throw unreadable(address, broken);
        }
        throw HubException.answer(
                "the answer to %s names no commit (sha, 40 hexadecimal digits)"
                        .formatted(address.getPath()));
    }

    private static void addFiles(byte[] json, URI address, List<HubFile> files) {
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw HubException.answer(
                        "the answer to %s is no list of files".formatted(address.getPath()));
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                JsonNode entry = JSON.readTree(parser);
                if (entry == null) {
                    throw HubException.answer(
                            "the list of files at %s breaks off".formatted(address.getPath()));
                }
                if (entry.path("type").asText().equals("file")) {
                    files.add(file(entry));
                }
                if (files.size() > MOST_FILES) {
                    throw HubException.answer(
                            "the hub lists more than %,d files; expected a model"
                                    .formatted(MOST_FILES));
                }
            }
        } catch (IOException broken) {
            throw unreadable(address, broken);
        }
    }

    private static HubFile file(JsonNode entry) {
        JsonNode lfs = entry.path("lfs");
        JsonNode size = lfs.path("size").isNumber() ? lfs.path("size") : entry.path("size");
        return new HubFile(
                entry.path("path").asText(),
                size.isIntegralNumber() && size.canConvertToLong() ? size.asLong() : -1,
                text(lfs.path("oid")).or(() -> text(lfs.path("sha256"))),
                lfs.isObject() ? Optional.empty() : text(entry.path("oid")));
    }

    private static Optional<String> text(JsonNode node) {
        return node.isTextual() ? Optional.of(node.asText()) : Optional.empty();
    }

    private static HubException unreadable(URI address, IOException broken) {
        String what =
                broken instanceof JsonProcessingException json
                        ? json.getOriginalMessage()
                        : String.valueOf(broken.getMessage());
        return HubException.answer(
                "the answer to %s is broken JSON (%s)"
                        .formatted(address.getPath(), HubFile.shown(what)));
    }
}

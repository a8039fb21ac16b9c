package dev.cachalot.library.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Short names of well-known models, such as {@code deepseek-r1:1.5b}; data, in catalogue.json. */
public final class Catalogue {
    private static final Map<String, ModelReference> ENTRIES = read();

    /** All short names, in the order of the file. */
    public static List<String> names() {
        return List.copyOf(ENTRIES.keySet());
    }

    /** What a short name stands for. */
    public static Optional<ModelReference> find(String name) {
        return Optional.ofNullable(ENTRIES.get(name));
    }

    /** The name a short name's model has on disk: without the colon, which not every disk takes. */
    public static String localName(String name) {
        return name.replace(':', '-');
    }

    private static Map<String, ModelReference> read() {
        Map<String, ModelReference> entries = new LinkedHashMap<>();
        try (InputStream json = Catalogue.class.getResourceAsStream("catalogue.json")) {
            if (json == null) {
                throw new IllegalStateException("this build lacks its catalogue.json");
            }
            JsonNode root = new ObjectMapper().readTree(json);
            List<String> names = new ArrayList<>();
            root.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                JsonNode entry = root.get(name);
                entries.put(
                        name,
                        new ModelReference(
                                entry.required("repository").asText(),
                                Optional.ofNullable(entry.get("file")).map(JsonNode::asText),
                                entry.required("revision").asText()));
            }
        } catch (IOException broken) {
            throw new UncheckedIOException("catalogue.json of this build cannot be read", broken);
        }
        return Collections.unmodifiableMap(entries);
    }

    private Catalogue() {}
}

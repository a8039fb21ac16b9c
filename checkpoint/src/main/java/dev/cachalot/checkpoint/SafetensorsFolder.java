package dev.cachalot.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A Hugging Face folder: model.safetensors, or shards and the model.safetensors.index.json that
 * says which tensor lies in which; and config.json.
 */
final class SafetensorsFolder {
    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";
    static final String CONFIG = "config.json";
    static final String WEIGHT_MAP = "weight_map";
    private static final int MOST_INDEX_BYTES = 64 << 20;

    static FileContents read(Path folder, MappedFiles files) throws IOException {
        Optional<Metadata> config = Optional.empty();
        if (Files.exists(folder.resolve(CONFIG))) {
            config = Optional.of(ConfigJson.read(folder.resolve(CONFIG)));
        }
        FileContents contents;
        if (Files.exists(folder.resolve(SINGLE))) {
            contents = readFile(folder.resolve(SINGLE), files);
        } else if (Files.exists(folder.resolve(INDEX))) {
            contents = readShards(folder, files);
        } else {
            throw new CheckpointFormatException(
                    folder,
                    0,
                    "found a folder without %s or %s; name a .gguf file or a Hugging Face folder"
                            .formatted(SINGLE, INDEX));
        }
        return new FileContents(contents.format(), contents.metadata(), config, contents.tensors());
    }

    private static FileContents readFile(Path file, MappedFiles files) throws IOException {
        return SafetensorsReader.read(file, files.map(file));
    }

    private static FileContents readShards(Path folder, MappedFiles files) throws IOException {
        Path index = folder.resolve(INDEX);
        Map<String, String> shardOf = readIndex(index);
        Map<String, List<String>> promised = new TreeMap<>();
        shardOf.forEach(
                (tensor, shard) ->
                        promised.computeIfAbsent(shard, _ -> new ArrayList<>()).add(tensor));
        List<TensorInfo> tensors = new ArrayList<>();
        Map<String, TensorInfo> found = new HashMap<>();
        Map<String, MetadataValue> metadata = new LinkedHashMap<>();
        for (Map.Entry<String, List<String>> shard : promised.entrySet()) {
            Path file = folder.resolve(shard.getKey());
            if (!Files.exists(file)) {
                throw error(
                        index,
                        ("the shard %s with %,d tensors ('%s', ...) is missing; fetch it into"
                                        + " the folder")
                                .formatted(
                                        shard.getKey(),
                                        shard.getValue().size(),
                                        shard.getValue().getFirst()));
            }
            FileContents contents = readFile(file, files);
            contents.metadata().values().forEach(metadata::putIfAbsent);
            for (TensorInfo tensor : contents.tensors()) {
                TensorInfo other = found.put(tensor.name(), tensor);
                if (other != null) {
                    throw error(
                            index,
                            ("tensor '%s' is in two shards, %s and %s; remove the one that"
                                            + " does not belong")
                                    .formatted(
                                            tensor.name(),
                                            other.file().getFileName(),
                                            shard.getKey()));
                }
                tensors.add(tensor);
            }
        }
        shardOf.forEach((tensor, shard) -> checkPlace(index, tensor, shard, found));
        return new FileContents(
                "safetensors, %d files".formatted(promised.size()),
                new Metadata(folder.toString(), metadata),
                Optional.empty(),
                tensors);
    }

    private static void checkPlace(
            Path index, String tensor, String shard, Map<String, TensorInfo> found) {
        TensorInfo info = found.get(tensor);
        if (info == null) {
            throw error(
                    index,
                    "tensor '%s' should be in %s, but is in no shard; fetch that file again"
                            .formatted(tensor, shard));
        }
        if (!info.file().endsWith(shard)) {
            throw error(
                    index,
                    ("tensor '%s' should be in %s, but is in %s; index and shards do not"
                                    + " belong together")
                            .formatted(tensor, shard, info.file().getFileName()));
        }
    }

    private static Map<String, String> readIndex(Path index) throws IOException {
        String json = readText(index, MOST_INDEX_BYTES);
        Map<String, String> shardOf =
                StrictJson.read(index, 0, json, parser -> readIndex(index, json, parser));
        if (shardOf.isEmpty()) {
            throw error(index, "found no tensors in its " + WEIGHT_MAP);
        }
        return shardOf;
    }

    private static Map<String, String> readIndex(Path index, String json, JsonParser parser)
            throws IOException {
        Map<String, String> shardOf = new LinkedHashMap<>();
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw StrictJson.error(index, 0, json, parser, "expected an object");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean isMap = parser.currentName().equals(WEIGHT_MAP);
            JsonToken token = parser.nextToken();
            if (!isMap) {
                parser.skipChildren();
                continue;
            }
            if (token != JsonToken.START_OBJECT) {
                throw StrictJson.error(
                        index, 0, json, parser, "expected an object as " + WEIGHT_MAP);
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String tensor = parser.currentName();
                token = parser.nextToken();
                String shard = parser.getText();
                if (token != JsonToken.VALUE_STRING || !isFileName(shard)) {
                    throw StrictJson.error(
                            index,
                            0,
                            json,
                            parser,
                            ("tensor '%s' is placed in '%s', expected the name of a file in"
                                            + " this folder")
                                    .formatted(tensor, shard));
                }
                shardOf.put(tensor, shard);
            }
        }
        return shardOf;
    }

    /** Whether the name stays in its folder. */
    static boolean isFileName(String name) {
        return !name.isBlank()
                && !name.startsWith(".")
                && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ');
    }

    /** A small text file as strict UTF-8. */
    static String readText(Path file, int mostBytes) throws IOException {
        long size = Files.size(file);
        if (size > mostBytes) {
            throw error(
                    file,
                    "found %,d bytes, this build accepts at most %,d".formatted(size, mostBytes));
        }
        byte[] bytes = Files.readAllBytes(file);
        return new UntrustedBytes(file, MemorySegment.ofArray(bytes), bytes.length)
                .utf8(bytes.length, "the JSON");
    }

    private static CheckpointFormatException error(Path file, String problem) {
        return new CheckpointFormatException(file, 0, problem);
    }

    private SafetensorsFolder() {}
}

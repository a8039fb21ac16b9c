package dev.cachalot.fuzz;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.CheckpointException;
import dev.cachalot.checkpoint.SafetensorsWriter;
import dev.cachalot.model.ModelConfigs;
import dev.cachalot.model.UnsupportedModelException;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A Hugging Face folder: config.json, the index and two shards, in this order. */
final class FolderTarget implements Target {
    private static final String CONFIG = "config.json";
    private static final String INDEX = "model.safetensors.index.json";
    private static final List<String> NAMES =
            List.of(
                    CONFIG,
                    INDEX,
                    "model-00001-of-00002.safetensors",
                    "model-00002-of-00002.safetensors");

    @Override
    public String name() {
        return "folder";
    }

    @Override
    public void read(byte[] input) throws IOException {
        List<byte[]> parts = Parts.of(input, NAMES.size());
        Path folder = Scratch.file(name(), "input");
        Files.createDirectories(folder);
        for (int i = 0; i < NAMES.size(); i++) {
            Files.write(folder.resolve(NAMES.get(i)), parts.get(i));
        }
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            Tensors.readAll(checkpoint);
            ModelConfigs.read(checkpoint);
        }
    }

    @Override
    public Set<Class<? extends Exception>> refusals() {
        return Set.of(
                CheckpointException.class,
                UnsupportedModelException.class,
                NoSuchFileException.class); // the index names a shard that is not there
    }

    @Override
    public Map<String, byte[]> seeds() throws IOException {
        Path folder = Scratch.file(name(), "seed");
        if (Files.exists(folder)) {
            try (Stream<Path> old = Files.walk(folder)) {
                for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
        SafetensorsWriter writer = new SafetensorsWriter(Map.of());
        writer.add("model.embed_tokens.weight", Shape.of(4, 2), DType.F32, Seeds.rows(1));
        writer.add("model.norm.weight", Shape.of(2), DType.BF16, Seeds.rows(2));
        writer.writeFolder(folder, 32, Map.of(CONFIG, TinyConfig.V3));
        byte[][] parts = new byte[NAMES.size()][];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = Files.readAllBytes(folder.resolve(NAMES.get(i)));
        }
        byte[] v2 = TinyConfig.V2.getBytes(StandardCharsets.UTF_8);
        return Map.of("v3", Parts.join(parts), "v2", Parts.join(v2, parts[1], parts[2], parts[3]));
    }

    @Override
    public Set<String> words() {
        Set<String> words = new HashSet<>(SafetensorsTarget.WORDS);
        words.addAll(TinyConfig.WORDS);
        words.add(Parts.SEPARATOR);
        words.add("\"weight_map\":{");
        words.add("../");
        words.add("/");
        return words;
    }
}

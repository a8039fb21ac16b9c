package dev.cachalot.fuzz;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.CheckpointException;
import dev.cachalot.checkpoint.SafetensorsWriter;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** One safetensors file: the JSON header, and every tensor decoded. */
final class SafetensorsTarget implements Target {
    static final Set<String> WORDS =
            Set.of(
                    "\"dtype\":",
                    "\"shape\":[",
                    "\"data_offsets\":[",
                    "\"__metadata__\":{",
                    "\"F32\"",
                    "\"F16\"",
                    "\"BF16\"",
                    "\"F8_E4M3\"",
                    "\"F8_E5M2\"",
                    "\"I64\"",
                    "\"BOOL\"",
                    "9223372036854775807",
                    "4294967296",
                    "-1",
                    "1e3",
                    "null",
                    "[[",
                    "{}");

    @Override
    public String name() {
        return "safetensors";
    }

    @Override
    public void read(byte[] input) throws IOException {
        try (Checkpoint checkpoint =
                Checkpoint.open(Scratch.write(name(), "input.safetensors", input))) {
            Tensors.readAll(checkpoint);
        }
    }

    @Override
    public Set<Class<? extends Exception>> refusals() {
        return Set.of(CheckpointException.class);
    }

    @Override
    public Map<String, byte[]> seeds() throws IOException {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        seeds.put("empty", written(new SafetensorsWriter(Map.of())));
        SafetensorsWriter several = new SafetensorsWriter(Map.of("format", "pt"));
        several.add("a", Shape.of(2, 3), DType.F32, Seeds.rows(1));
        several.add("b", Shape.of(4), DType.F16, Seeds.rows(2));
        several.add("c", Shape.of(2, 1, 2), DType.BF16, Seeds.rows(3));
        seeds.put("several", written(several));
        return seeds;
    }

    private byte[] written(SafetensorsWriter writer) throws IOException {
        Path file = Scratch.file(name(), "seed.safetensors");
        writer.write(file);
        return Files.readAllBytes(file);
    }

    @Override
    public Set<String> words() {
        return WORDS;
    }
}

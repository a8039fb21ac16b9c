package dev.cachalot.fuzz;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.CheckpointException;
import dev.cachalot.checkpoint.GgufWriter;
import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A model split into two GGUF files, opened by either; an empty part is a missing file. */
final class GgufSplitTarget implements Target {
    private static final int COUNT = 2;

    private Path file(int number) throws IOException {
        return Scratch.file(name(), "whale-%05d-of-%05d.gguf".formatted(number + 1, COUNT));
    }

    @Override
    public String name() {
        return "gguf-split";
    }

    @Override
    public void read(byte[] input) throws IOException {
        List<byte[]> parts = Parts.of(input, COUNT);
        for (int number = 0; number < COUNT; number++) {
            Files.deleteIfExists(file(number));
            if (parts.get(number).length > 0) {
                Files.write(file(number), parts.get(number));
            }
        }
        Path opened = file(input.length % COUNT);
        if (Files.exists(opened)) {
            try (Checkpoint checkpoint = Checkpoint.open(opened)) {
                Tensors.readAll(checkpoint);
            }
        }
    }

    @Override
    public Set<Class<? extends Exception>> refusals() {
        return Set.of(CheckpointException.class);
    }

    @Override
    public Map<String, byte[]> seeds() throws IOException {
        byte[] first = part(0, 2);
        byte[] second = part(1, 2);
        return Map.of(
                "two", Parts.join(first, second), "single", Parts.join(part(0, 1), new byte[0]));
    }

    private byte[] part(int number, int count) throws IOException {
        GgufWriter writer =
                new GgufWriter(
                        Metadata.builder()
                                .string("general.name", "whale")
                                .u32("split.no", number)
                                .u32("split.count", count)
                                .i32("split.tensors.count", count)
                                .build());
        writer.add("w" + number, Shape.of(2, 3), DType.F32, Seeds.rows(number));
        Path file = Scratch.file(name(), "seed.gguf");
        writer.write(file);
        return Files.readAllBytes(file);
    }

    @Override
    public Set<String> words() {
        return Set.of(
                Parts.SEPARATOR, "GGUF", "split.count", "split.no", "split.tensors.count", "w0");
    }
}

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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A GGUF file: header, metadata, and every tensor decoded; what was read is written and reread. */
final class GgufTarget implements Target {
    private static final int ONE_IN = 16; // is rewritten: the writer waits for the disk

    @Override
    public String name() {
        return "gguf";
    }

    @Override
    public void read(byte[] input) throws IOException {
        Path file = Scratch.write(name(), "input.gguf", input);
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            Tensors.readAll(checkpoint);
            if (Math.floorMod(Arrays.hashCode(input), ONE_IN) == 0) {
                rewrite(checkpoint);
            }
        }
    }

    private void rewrite(Checkpoint checkpoint) throws IOException {
        if (checkpoint.metadata().contains("split.count")) {
            return; // the copy would be one file of a set that is not there
        }
        GgufWriter writer = new GgufWriter(checkpoint.metadata());
        checkpoint.tensors().forEach((name, tensor) -> writer.add(name, tensor, tensor.dtype()));
        Path copy = Scratch.file(name(), "copy.gguf");
        writer.write(copy);
        try (Checkpoint again = Checkpoint.open(copy)) {
            if (!again.metadata().equals(checkpoint.metadata())) {
                throw new AssertionError("metadata changed: " + again.metadata());
            }
            checkpoint
                    .tensors()
                    .forEach(
                            (name, tensor) -> {
                                long bytes = tensor.rowBytes() * tensor.rows();
                                var copied = again.require(name, tensor.shape());
                                if (copied.segment()
                                                .asSlice(0, bytes)
                                                .mismatch(tensor.segment().asSlice(0, bytes))
                                        != -1) {
                                    throw new AssertionError("tensor " + name + " changed");
                                }
                            });
        }
    }

    @Override
    public Set<Class<? extends Exception>> refusals() {
        return Set.of(CheckpointException.class);
    }

    @Override
    public Map<String, byte[]> seeds() throws IOException {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        seeds.put("empty", written(new GgufWriter(Metadata.builder().build())));
        Metadata every =
                Metadata.builder()
                        .string("general.architecture", "deepseek2")
                        .bool("a.flag", true)
                        .u32("general.alignment", 64)
                        .i32("an.int", -3)
                        .i64("a.long", 1L << 40)
                        .f32("a.float", 1.5f)
                        .f64("a.double", Math.PI)
                        .stringList("strings", List.of("a", "", "ü"))
                        .i32List("ints", List.of(1, 2, 3))
                        .f32List("floats", List.of(0.5f))
                        .build();
        seeds.put("metadata", written(new GgufWriter(every)));
        GgufWriter nothing = new GgufWriter(Metadata.builder().build());
        nothing.add("none", Shape.of(3, 0, 2), DType.F32, Seeds.rows(1));
        nothing.add("scalar", Shape.of(), DType.F32, Seeds.rows(1));
        seeds.put("no-numbers", written(nothing));
        for (DType type : DType.values()) {
            if (type != DType.I32 && type != DType.F8_E4M3) { // the two that GGUF does not hold
                GgufWriter writer = new GgufWriter(Metadata.builder().u32("n", 1).build());
                writer.add("t", Seeds.tensor(type, 2, Math.max(2, type.blockSize())), type);
                writer.add("b.bias", Shape.of(3), DType.F32, Seeds.rows(7));
                seeds.put(type.name(), written(writer));
            }
        }
        return seeds;
    }

    private byte[] written(GgufWriter writer) throws IOException {
        Path file = Scratch.file(name(), "seed.gguf");
        writer.write(file);
        return Files.readAllBytes(file);
    }

    @Override
    public Set<String> words() {
        return Set.of(
                "GGUF", "general.alignment", "split.count", "split.no", "split.tensors.count");
    }
}

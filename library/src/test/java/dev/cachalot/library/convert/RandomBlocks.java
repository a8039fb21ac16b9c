package dev.cachalot.library.convert;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.GgufWriter;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** A model with random blocks for its matrices: also of types that nothing here writes. */
final class RandomBlocks {

    /** The model {@code plain} with each matrix in {@code type}, where its rows fill blocks. */
    static Path write(Path plain, DType type, Path target) throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        try (Checkpoint source = Checkpoint.open(plain)) {
            GgufWriter writer = new GgufWriter(source.metadata());
            source.tensors()
                    .forEach(
                            (name, tensor) -> {
                                Shape shape = tensor.shape();
                                boolean isBlocks =
                                        shape.rank() > 1
                                                && !name.contains("ffn_gate_inp")
                                                && shape.width() % type.blockSize() == 0;
                                writer.add(name, isBlocks ? blocks(type, shape, random) : tensor);
                            });
            writer.write(target);
        }
        return target;
    }

    private static Tensor blocks(DType type, Shape shape, SplittableRandom random) {
        byte[] bytes = new byte[Math.toIntExact(type.bytes(shape.width()) * shape.rows())];
        random.nextBytes(bytes);
        MemorySegment segment = MemorySegment.ofArray(bytes);
        for (long at = 0; at < bytes.length; at += type.blockBytes()) {
            switch (type) {
                case Q4_1, Q5_1 -> {
                    half(segment, at, 0.01, random);
                    half(segment, at + 2, -0.08, random);
                }
                case Q5_0, IQ4_NL -> half(segment, at, 0.003, random);
                case IQ4_XS -> half(segment, at, 0.0001, random);
                case Q2_K -> {
                    half(segment, at + 80, 0.003, random);
                    half(segment, at + 82, 0.003, random);
                }
                case Q3_K -> half(segment, at + 108, 0.001, random);
                case MXFP4 -> segment.set(JAVA_BYTE, at, (byte) random.nextInt(119, 123));
                default -> throw new IllegalArgumentException("scales of " + type);
            }
        }
        return Tensor.view(type, shape, segment);
    }

    private static void half(MemorySegment to, long at, double size, SplittableRandom random) {
        float number = (float) (size * random.nextDouble(0.5, 1.5));
        to.set(JAVA_SHORT_UNALIGNED, at, Float.floatToFloat16(number));
    }

    private RandomBlocks() {}
}

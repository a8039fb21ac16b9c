package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.assembly.Assembler;
import dev.cachalot.tensor.assembly.Label;
import dev.cachalot.tensor.assembly.Mem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Vectors of 32 bytes that travel behind a routine of {@link Avx2CodeKernel}, each once. */
final class Avx2Constants {
    private static final int BYTES = 32;

    private final Assembler to;
    private final List<byte[]> values = new ArrayList<>();
    private final List<Label> labels = new ArrayList<>();

    Avx2Constants(Assembler to) {
        this.to = to;
    }

    /** One byte in all. */
    Mem bytes(int value) {
        byte[] bytes = new byte[BYTES];
        Arrays.fill(bytes, (byte) value);
        return place(bytes);
    }

    /** One number of 16 bits in all. */
    Mem words(int value) {
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < BYTES; i += 2) {
            bytes[i] = (byte) value;
            bytes[i + 1] = (byte) (value >> 8);
        }
        return place(bytes);
    }

    /** For each byte, the one of four that holds its bit. */
    Mem byteOfBit() {
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            bytes[i] = (byte) (i / 8);
        }
        return place(bytes);
    }

    /** For each byte, its bit there. */
    Mem bitOfByte() {
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            bytes[i] = (byte) (1 << i % 8);
        }
        return place(bytes);
    }

    /** The table of levels in both halves, each with the bits of {@code turned} turned over. */
    Mem levels(int turned) {
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            bytes[i] = (byte) (CodeTiles.level(i % 16) ^ turned);
        }
        return place(bytes);
    }

    private Mem place(byte[] value) {
        for (int i = 0; i < values.size(); i++) {
            if (Arrays.equals(values.get(i), value)) {
                return Mem.of(labels.get(i));
            }
        }
        values.add(value);
        labels.add(new Label());
        return Mem.of(labels.getLast());
    }

    /** Behind the code. */
    void write() {
        to.align(BYTES);
        for (int i = 0; i < values.size(); i++) {
            to.bind(labels.get(i));
            to.data(values.get(i));
        }
    }
}

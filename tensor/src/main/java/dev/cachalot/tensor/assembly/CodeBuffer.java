package dev.cachalot.tensor.assembly;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Growing code: bytes, little-endian numbers, and distances to labels that are filled in last. */
final class CodeBuffer {
    /** {@code size} bytes at {@code at} get the distance from {@code end} to the label. */
    private record Gap(Label label, int at, int size, int end, int extra) {}

    private final List<Gap> gaps = new ArrayList<>();
    private byte[] bytes = new byte[256];
    private int size;

    int size() {
        return size;
    }

    void put(int value) {
        if (size == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * size);
        }
        bytes[size++] = (byte) value;
    }

    void putInt(int value) {
        for (int shift = 0; shift < 32; shift += 8) {
            put(value >> shift);
        }
    }

    void putLong(long value) {
        putInt((int) value);
        putInt((int) (value >> 32));
    }

    /** A distance to the label from {@code after} bytes behind the gap, plus {@code extra}. */
    void putDistance(Label label, int width, int after, int extra) {
        gaps.add(new Gap(label, size, width, size + width + after, extra));
        for (int i = 0; i < width; i++) {
            put(0);
        }
    }

    void bind(Label label) {
        label.bind(this, size);
    }

    /** The code so far, its distances filled in. */
    byte[] toBytes() {
        byte[] code = Arrays.copyOf(bytes, size);
        for (Gap gap : gaps) {
            if (!gap.label.boundIn(this)) {
                throw new IllegalStateException(
                        "the code at byte " + gap.at + " needs a label that was never bound in it");
            }
            int distance = gap.label.position() - gap.end + gap.extra;
            if (gap.size == 1 && distance != (byte) distance) {
                throw new IllegalStateException(
                        "the short jump at byte %d has %d bytes to go, at most 127 fit; take the long"
                                .formatted(gap.at, distance));
            }
            for (int i = 0; i < gap.size; i++) {
                code[gap.at + i] = (byte) (distance >> (8 * i));
            }
        }
        return code;
    }
}

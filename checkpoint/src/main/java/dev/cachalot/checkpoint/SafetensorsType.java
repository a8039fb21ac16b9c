package dev.cachalot.checkpoint;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Tensor types of safetensors: {@code blockSize} numbers take {@code blockBytes} bytes (types
 * narrower than a byte are packed).
 *
 * <p>Source: the {@code Dtype} list of the safetensors library.
 */
enum SafetensorsType {
    BOOL(1, 1),
    F4(2, 1),
    F6_E2M3(4, 3),
    F6_E3M2(4, 3),
    U8(1, 1),
    I8(1, 1),
    F8_E5M2(1, 1),
    F8_E4M3(1, 1),
    F8_E8M0(1, 1),
    I16(1, 2),
    U16(1, 2),
    F16(1, 2),
    BF16(1, 2),
    I32(1, 4),
    U32(1, 4),
    F32(1, 4),
    C64(1, 8),
    F64(1, 8),
    I64(1, 8),
    U64(1, 8);

    private final int blockSize;
    private final int blockBytes;

    SafetensorsType(int blockSize, int blockBytes) {
        this.blockSize = blockSize;
        this.blockBytes = blockBytes;
    }

    int blockSize() {
        return blockSize;
    }

    int blockBytes() {
        return blockBytes;
    }

    static Optional<SafetensorsType> of(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }

    static List<SafetensorsType> known() {
        return List.of(values());
    }
}

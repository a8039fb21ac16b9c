package dev.cachalot.library.convert;

import dev.cachalot.tensor.DType;

/**
 * What a model's weights can be converted to. Each names the type of its matrices; {@link TypeRule}
 * says which tensors are exempt.
 */
public enum TargetType {
    F32(DType.F32, 0),
    F16(DType.F16, 1),
    BF16(DType.BF16, 32),
    Q8_0(DType.Q8_0, 7),
    Q4_0(DType.Q4_0, 2),
    Q4_K(DType.Q4_K, 14),
    Q5_K(DType.Q5_K, 16),
    Q6_K(DType.Q6_K, 18),
    /** Mostly Q4_K, with Q6_K where it matters most. */
    Q4_K_M(DType.Q4_K, 15);

    private final DType matrices;
    private final int fileType;

    TargetType(DType matrices, int fileType) {
        this.matrices = matrices;
        this.fileType = fileType;
    }

    /** The type of most matrices. */
    DType matrices() {
        return matrices;
    }

    /** GGUF's {@code general.file_type} (llama.cpp's {@code llama_ftype}). */
    int fileType() {
        return fileType;
    }

    /** Whether numbers lie in blocks with a scale, which only GGUF has. */
    boolean isBlocks() {
        return matrices.blockSize() > 1;
    }
}

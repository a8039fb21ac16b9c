package dev.cachalot.checkpoint;

/** Types of metadata values, in the order of GGUF's numbers for them (0 is {@link #U8}). */
public enum MetadataType {
    U8(1),
    I8(1),
    U16(2),
    I16(2),
    U32(4),
    I32(4),
    F32(4),
    BOOL(1),
    STRING(8),
    ARRAY(12),
    U64(8),
    I64(8),
    F64(8);

    private final int leastBytes;

    MetadataType(int leastBytes) {
        this.leastBytes = leastBytes;
    }

    /** The fewest bytes that one value takes in a GGUF file. */
    int leastBytes() {
        return leastBytes;
    }
}

package dev.cachalot.checkpoint;

/** Types of metadata values, with GGUF's numbers for them. */
public enum MetadataType {
    U8(0, 1),
    I8(1, 1),
    U16(2, 2),
    I16(3, 2),
    U32(4, 4),
    I32(5, 4),
    F32(6, 4),
    BOOL(7, 1),
    STRING(8, 8),
    ARRAY(9, 12),
    U64(10, 8),
    I64(11, 8),
    F64(12, 8);

    private final int number;
    private final int leastBytes;

    MetadataType(int number, int leastBytes) {
        this.number = number;
        this.leastBytes = leastBytes;
    }

    /** GGUF's number; the values of this enum are in its order. */
    int number() {
        return number;
    }

    /** The fewest bytes that one value takes in a GGUF file. */
    int leastBytes() {
        return leastBytes;
    }
}

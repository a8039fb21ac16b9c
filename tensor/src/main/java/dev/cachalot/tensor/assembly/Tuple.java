package dev.cachalot.tensor.assembly;

/**
 * How much memory an operand stands for, which is the unit of EVEX's compressed displacement. Names
 * as in Intel's manual, volume 2, section 2.7.5.
 */
enum Tuple {
    /** A whole vector, or one element that is broadcast. */
    FULL,
    /** A whole vector, never broadcast. */
    FULL_MEM,
    HALF_MEM,
    QUARTER_MEM,
    /** One element. */
    SCALAR,
    /** Four elements, whatever the vector. */
    FOUR,
    /** Eight elements, whatever the vector. */
    EIGHT;

    /** Bytes of the operand in memory. */
    int bytes(int vectorBits, int element, boolean broadcast) {
        return switch (this) {
            case FULL -> broadcast ? element : vectorBits / 8;
            case FULL_MEM -> vectorBits / 8;
            case HALF_MEM -> vectorBits / 16;
            case QUARTER_MEM -> vectorBits / 32;
            case SCALAR -> element;
            case FOUR -> 4 * element;
            case EIGHT -> 8 * element;
        };
    }

    /** Bits of the register that may stand in its place. */
    int registerBits(int vectorBits, int element) {
        return Math.max(128, 8 * bytes(vectorBits, element, false));
    }
}

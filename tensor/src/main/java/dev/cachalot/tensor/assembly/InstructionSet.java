package dev.cachalot.tensor.assembly;

/** What the CPU that is assembled for can do. */
public enum InstructionSet {
    /** AVX2, FMA and F16C, with AVX-VNNI where a product of bytes is asked for: VEX prefixes. */
    AVX2,
    /** AVX-512: EVEX prefixes, and the shorter VEX where an AVX2 form of the operands exists. */
    AVX512
}

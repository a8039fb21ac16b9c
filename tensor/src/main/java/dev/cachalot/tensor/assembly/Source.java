package dev.cachalot.tensor.assembly;

/** The operand of an instruction that may be a vector register or memory. */
public sealed interface Source permits Vec, Mem {
    /** The mask of a destination; K0 is none. */
    Mask mask();
}

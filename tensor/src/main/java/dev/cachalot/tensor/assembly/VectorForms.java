package dev.cachalot.tensor.assembly;

import static dev.cachalot.tensor.assembly.VectorEncoder.NO_IMMEDIATE;

/** The shapes of vector instructions: which operand goes where, and that their widths agree. */
abstract sealed class VectorForms permits ControlInstructions {
    final CodeBuffer code = new CodeBuffer();
    final InstructionSet set;
    private final VectorEncoder encoder;

    VectorForms(InstructionSet set) {
        this.set = set;
        encoder = new VectorEncoder(code, set);
    }

    /** to = a op b. */
    final void three(Instruction op, Vec to, Vec a, Source b, int immediate) {
        width(op, a, to.bits());
        width(op, b, op.tuple.registerBits(to.bits(), op.element));
        source(a);
        source(b);
        encoder.encode(
                op, to.bits(), to.number(), a.number(), b, to.mask(), to.zeroing(), immediate);
    }

    /** to = op from. */
    final void two(Instruction op, Vec to, Source from, int immediate) {
        width(op, from, op.tuple.registerBits(to.bits(), op.element));
        source(from);
        encoder.encode(op, to.bits(), to.number(), 0, from, to.mask(), to.zeroing(), immediate);
    }

    /** to = op from, where {@code to} may be memory. */
    final void store(Instruction op, Source to, Vec from, int immediate) {
        width(op, to, op.tuple.registerBits(from.bits(), op.element));
        source(from);
        boolean zeroing = to instanceof Vec v && v.zeroing();
        encoder.encode(op, from.bits(), from.number(), 0, to, to.mask(), zeroing, immediate);
    }

    /** to = from shifted by a constant. */
    final void shift(Instruction op, int extension, Vec to, Vec from, int count) {
        width(op, from, to.bits());
        source(from);
        encoder.encode(
                op,
                to.bits(),
                extension,
                to.number(),
                from,
                to.mask(),
                to.zeroing(),
                constant(count));
    }

    /** A bit a lane: whether a and b are in the relation that the predicate names. */
    final void compare(Instruction op, Mask to, Mask under, Vec a, Source b, int predicate) {
        width(op, b, a.bits());
        source(a);
        source(b);
        encoder.encode(op, a.bits(), to.number(), a.number(), b, under, false, constant(predicate));
    }

    /** As {@link #two}, into a register of half the width. */
    final void narrow(Instruction op, Vec to, Source from) {
        source(from);
        int bits =
                switch (from) {
                    case Vec v -> v.bits();
                    case Mem _ when to.bits() == 256 -> 512;
                    case Mem m ->
                            throw new IllegalArgumentException(
                                    op + " " + to + ", " + m + ": load it into a register first");
                };
        width(op, to, Math.max(128, bits / 2));
        encoder.encode(op, bits, to.number(), 0, from, to.mask(), to.zeroing(), NO_IMMEDIATE);
    }

    /** The register as the encoder names it, for the few instructions that read or write one. */
    static Vec low(Gpr register) {
        return Vec.xmm(register.number());
    }

    static <S extends Source> S unmasked(S operand) {
        source(operand);
        return operand;
    }

    /** An immediate operand of a byte. */
    static int constant(int immediate) {
        if (immediate < 0 || immediate > 255) {
            throw new IllegalArgumentException(
                    "the immediate operand " + immediate + "; expected 0 to 255");
        }
        return immediate;
    }

    private static void source(Source operand) {
        if (operand.mask() != Mask.K0) {
            throw new IllegalArgumentException(
                    "a mask on "
                            + operand
                            + "; only destinations have one, and not of every store");
        }
    }

    private static void width(Instruction op, Source operand, int bits) {
        if (operand instanceof Vec v && v.bits() != bits) {
            throw new IllegalArgumentException(
                    op + " with " + v + "; the other operands ask for " + bits + " bits here");
        }
    }
}

package dev.cachalot.tensor.assembly;

/** Chooses between the prefixes of vector instructions, and writes them. */
final class VectorEncoder {
    /** In place of an immediate: there is none. */
    static final int NO_IMMEDIATE = -1;

    private final CodeBuffer code;
    private final InstructionSet set;

    VectorEncoder(CodeBuffer code, InstructionSet set) {
        this.code = code;
        this.set = set;
    }

    /**
     * Writes one instruction.
     *
     * @param bits the vector length
     * @param reg number in ModRM.reg
     * @param second number in the prefix's vvvv; 0 where the instruction has none
     * @param rm register or memory in ModRM.rm; its own mask is not looked at
     */
    void encode(
            Instruction op,
            int bits,
            int reg,
            int second,
            Source rm,
            Mask mask,
            boolean zeroing,
            int immediate) {
        if (!op.widths.allows(bits)) {
            throw new IllegalArgumentException(op + " has no form of " + bits + " bits");
        }
        boolean evex = needsEvex(bits, reg, second, rm, mask);
        boolean vex =
                switch (op.vex) {
                    case NEVER -> false;
                    case SHORTER -> !evex;
                    case AVX_VNNI -> !evex && set == InstructionSet.AVX2;
                    case ONLY -> true;
                };
        if (vex && evex) {
            throw new IllegalArgumentException(
                    op + " has no AVX-512 form: no zmm, register above 15, mask or broadcast");
        }
        if (!vex && set == InstructionSet.AVX2) {
            throw new IllegalArgumentException(
                    op + " with these operands needs AVX-512, and this is code for AVX2");
        }
        if (vex) {
            vexPrefix(op, bits, reg, second, rm);
        } else {
            evexPrefix(op, bits, reg, second, rm, mask, zeroing);
        }
        code.put(op.opcode);
        int after = immediate == NO_IMMEDIATE ? 0 : 1;
        switch (rm) {
            case Vec v -> Addressing.register(code, reg, v.number());
            case Mem m -> {
                int unit = vex ? 1 : op.tuple.bytes(bits, op.element, m.repeated());
                Addressing.memory(code, reg, m, unit, after);
            }
        }
        if (after == 1) {
            code.put(immediate);
        }
    }

    private static boolean needsEvex(int bits, int reg, int second, Source rm, Mask mask) {
        boolean far =
                switch (rm) {
                    case Vec v -> v.number() > 15;
                    case Mem m -> m.repeated();
                };
        return far || bits == 512 || reg > 15 || second > 15 || mask != Mask.K0;
    }

    private void vexPrefix(Instruction op, int bits, int reg, int second, Source rm) {
        int notR = bit(reg, 3) ^ 1;
        int notX = x(rm) ^ 1;
        int notB = b(rm) ^ 1;
        int last = (~second & 15) << 3 | (bits == 256 ? 4 : 0) | op.prefix;
        if (notX == 1 && notB == 1 && op.vexW == 0 && op.map == Instruction.MAP_0F) {
            code.put(0xC5);
            code.put(notR << 7 | last);
        } else {
            code.put(0xC4);
            code.put(notR << 7 | notX << 6 | notB << 5 | op.map);
            code.put(op.vexW << 7 | last);
        }
    }

    private void evexPrefix(
            Instruction op, int bits, int reg, int second, Source rm, Mask mask, boolean zeroing) {
        boolean repeats = rm instanceof Mem m && m.repeated();
        if (repeats && op.tuple != Tuple.FULL) {
            throw new IllegalArgumentException(op + " cannot broadcast its operand: " + rm);
        }
        int notX = (rm instanceof Vec v ? bit(v.number(), 4) : x(rm)) ^ 1;
        code.put(0x62);
        code.put(
                (bit(reg, 3) ^ 1) << 7
                        | notX << 6
                        | (b(rm) ^ 1) << 5
                        | (bit(reg, 4) ^ 1) << 4
                        | op.map);
        code.put(op.w << 7 | (~second & 15) << 3 | 4 | op.prefix);
        code.put(
                (zeroing ? 0x80 : 0)
                        | (bits / 256) << 5 // 0, 1, 2 for 128, 256, 512
                        | (repeats ? 0x10 : 0)
                        | (bit(second, 4) ^ 1) << 3
                        | mask.number());
    }

    private static int b(Source rm) {
        return switch (rm) {
            case Vec v -> bit(v.number(), 3);
            case Mem m -> m.label() != null ? 0 : bit(m.base().number(), 3);
        };
    }

    private static int x(Source rm) {
        return rm instanceof Mem m && m.indexed() ? bit(m.index().number(), 3) : 0;
    }

    private static int bit(int value, int which) {
        return value >> which & 1;
    }
}

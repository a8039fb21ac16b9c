package dev.cachalot.tensor.assembly;

/** The bytes that name an instruction's operands: ModRM, SIB and displacement. */
final class Addressing {
    /** Two registers; the low three bits of each. */
    static void register(CodeBuffer code, int reg, int rm) {
        code.put(0xC0 | (reg & 7) << 3 | (rm & 7));
    }

    /**
     * A register and memory.
     *
     * @param unit what a displacement of 8 bits counts in: 1, or EVEX's compressed unit
     * @param after bytes of the instruction behind the displacement
     */
    static void memory(CodeBuffer code, int reg, Mem mem, int unit, int after) {
        int field = (reg & 7) << 3;
        Label label = mem.label();
        if (label != null) {
            code.put(field | 5);
            code.putDistance(label, 4, after, mem.displacement());
            return;
        }
        int base = mem.base().number() & 7;
        int displacement = mem.displacement();
        boolean small = displacement % unit == 0 && isByte(displacement / unit);
        // base 5 (rbp, r13) without a displacement would mean: none, or the instruction pointer
        int mode = displacement == 0 && base != 5 ? 0 : small ? 0x40 : 0x80;
        if (mem.indexed() || base == 4) { // base 4 (rsp, r12) would mean: a SIB byte follows
            code.put(mode | field | 4);
            int scale = Integer.numberOfTrailingZeros(mem.scale());
            code.put(scale << 6 | (mem.index().number() & 7) << 3 | base);
        } else {
            code.put(mode | field | base);
        }
        if (mode == 0x40) {
            code.put(displacement / unit);
        } else if (mode == 0x80) {
            code.putInt(displacement);
        }
    }

    static boolean isByte(long value) {
        return value == (byte) value;
    }

    private Addressing() {}
}

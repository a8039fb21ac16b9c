package dev.cachalot.tensor.assembly;

/** Instructions on mask registers: b, w, d, q are 8, 16, 32 and 64 lanes. AVX-512 only. */
abstract sealed class MaskInstructions extends GeneralInstructions permits MoveInstructions {
    MaskInstructions(InstructionSet set) {
        super(set);
    }

    public final void kmovb(Mask to, Gpr from) {
        mask(1, 0, 0x92, to.number(), from.number());
    }

    public final void kmovb(Gpr to, Mask from) {
        mask(1, 0, 0x93, to.number(), from.number());
    }

    public final void kmovw(Mask to, Gpr from) {
        mask(0, 0, 0x92, to.number(), from.number());
    }

    public final void kmovw(Gpr to, Mask from) {
        mask(0, 0, 0x93, to.number(), from.number());
    }

    public final void kmovd(Mask to, Gpr from) {
        mask(3, 0, 0x92, to.number(), from.number());
    }

    public final void kmovd(Gpr to, Mask from) {
        mask(3, 0, 0x93, to.number(), from.number());
    }

    public final void kmovq(Mask to, Gpr from) {
        mask(3, 1, 0x92, to.number(), from.number());
    }

    public final void kmovq(Gpr to, Mask from) {
        mask(3, 1, 0x93, to.number(), from.number());
    }

    private void mask(int prefix, int wide, int opcode, int reg, int rm) {
        if (set == InstructionSet.AVX2) {
            throw new IllegalArgumentException(
                    "mask registers need AVX-512, and this is code for AVX2");
        }
        int last = 0x78 | prefix; // no second register, 128 bits
        if (wide == 0 && rm < 8) {
            code.put(0xC5);
            code.put((reg < 8 ? 0x80 : 0) | last);
        } else {
            code.put(0xC4);
            code.put((reg < 8 ? 0x80 : 0) | 0x40 | (rm < 8 ? 0x20 : 0) | 1);
            code.put(wide << 7 | last);
        }
        code.put(opcode);
        Addressing.register(code, reg, rm);
    }
}

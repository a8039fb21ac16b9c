package dev.cachalot.tensor.assembly;

/** Labels, jumps, constants among the code, and what concerns the CPU rather than numbers. */
abstract sealed class ControlInstructions extends VectorForms permits GeneralInstructions {
    /** Fillings of 1 to 9 bytes, as Intel's manual recommends them at NOP. */
    private static final String[] NOPS = {
        "90",
        "6690",
        "0F1F00",
        "0F1F4000",
        "0F1F440000",
        "660F1F440000",
        "0F1F8000000000",
        "0F1F840000000000",
        "660F1F840000000000"
    };

    ControlInstructions(InstructionSet set) {
        super(set);
    }

    /** A label for the next instruction: where a loop begins. */
    public final Label here() {
        Label label = new Label();
        bind(label);
        return label;
    }

    /** The next instruction is where {@code label} is. */
    public final void bind(Label label) {
        code.bind(label);
    }

    /** Bytes written so far. */
    public final int position() {
        return code.size();
    }

    /**
     * Fills with instructions that do nothing up to a multiple of {@code boundary}, which is a
     * power of two of at most 64: {@link CodePages} begins every routine at a multiple of that.
     */
    public final void align(int boundary) {
        if (Integer.bitCount(boundary) != 1 || boundary > CodePages.ALIGNMENT) {
            throw new IllegalArgumentException(
                    "align to %d; expected a power of two of at most %d"
                            .formatted(boundary, CodePages.ALIGNMENT));
        }
        int missing = -code.size() & (boundary - 1);
        while (missing > 0) {
            int now = Math.min(missing, NOPS.length);
            data(java.util.HexFormat.of().parseHex(NOPS[now - 1]));
            missing -= now;
        }
    }

    /** Constants: put them behind the last instruction and read them by {@link Mem#of}. */
    public final void data(byte... bytes) {
        for (byte b : bytes) {
            code.put(b);
        }
    }

    /** As {@link #data}, numbers of four bytes. */
    public final void dataInts(int... numbers) {
        for (int number : numbers) {
            code.putInt(number);
        }
    }

    /** As {@link #data}, numbers of four bytes. */
    public final void dataFloats(float... numbers) {
        for (float number : numbers) {
            code.putInt(Float.floatToRawIntBits(number));
        }
    }

    /** A short jump back where the distance fits a byte; forward always a long one. */
    public final void jmp(Label to) {
        if (backByte(to, 2)) {
            jmpShort(to);
        } else {
            code.put(0xE9);
            code.putDistance(to, 4, 0, 0);
        }
    }

    /** A jump of at most 127 bytes ahead; {@link Assembler#bytes} fails when it is further. */
    public final void jmpShort(Label to) {
        code.put(0xEB);
        code.putDistance(to, 1, 0, 0);
    }

    /** As {@link #jmp}, taken when the flags meet the condition. */
    public final void jump(Condition condition, Label to) {
        if (backByte(to, 2)) {
            jumpShort(condition, to);
        } else {
            code.put(0x0F);
            code.put(0x80 | condition.number());
            code.putDistance(to, 4, 0, 0);
        }
    }

    /** As {@link #jmpShort}, taken when the flags meet the condition. */
    public final void jumpShort(Condition condition, Label to) {
        code.put(0x70 | condition.number());
        code.putDistance(to, 1, 0, 0);
    }

    public final void jo(Label to) {
        jump(Condition.O, to);
    }

    public final void jno(Label to) {
        jump(Condition.NO, to);
    }

    public final void jb(Label to) {
        jump(Condition.B, to);
    }

    public final void jae(Label to) {
        jump(Condition.AE, to);
    }

    public final void je(Label to) {
        jump(Condition.E, to);
    }

    public final void jne(Label to) {
        jump(Condition.NE, to);
    }

    public final void jbe(Label to) {
        jump(Condition.BE, to);
    }

    public final void ja(Label to) {
        jump(Condition.A, to);
    }

    public final void js(Label to) {
        jump(Condition.S, to);
    }

    public final void jns(Label to) {
        jump(Condition.NS, to);
    }

    public final void jp(Label to) {
        jump(Condition.P, to);
    }

    public final void jnp(Label to) {
        jump(Condition.NP, to);
    }

    public final void jl(Label to) {
        jump(Condition.L, to);
    }

    public final void jge(Label to) {
        jump(Condition.GE, to);
    }

    public final void jle(Label to) {
        jump(Condition.LE, to);
    }

    public final void jg(Label to) {
        jump(Condition.G, to);
    }

    public final void jz(Label to) {
        jump(Condition.E, to);
    }

    public final void jnz(Label to) {
        jump(Condition.NE, to);
    }

    public final void ret() {
        code.put(0xC3);
    }

    public final void nop() {
        code.put(0x90);
    }

    public final void cpuid() {
        data((byte) 0x0F, (byte) 0xA2);
    }

    public final void xgetbv() {
        data((byte) 0x0F, (byte) 0x01, (byte) 0xD0);
    }

    public final void rdtsc() {
        data((byte) 0x0F, (byte) 0x31);
    }

    public final void mfence() {
        data((byte) 0x0F, (byte) 0xAE, (byte) 0xF0);
    }

    public final void sfence() {
        data((byte) 0x0F, (byte) 0xAE, (byte) 0xF8);
    }

    /** Clears the upper halves of registers 0 to 15; owed to SSE code before returning to it. */
    public final void vzeroupper() {
        data((byte) 0xC5, (byte) 0xF8, (byte) 0x77);
    }

    private boolean backByte(Label to, int length) {
        return to.boundIn(code) && code.size() + length - to.position() <= 128;
    }
}

package dev.cachalot.tensor.assembly;

/** Instructions on general-purpose registers, 64 bits wide where the name does not say 32. */
abstract sealed class GeneralInstructions extends ControlInstructions permits MaskInstructions {
    GeneralInstructions(InstructionSet set) {
        super(set);
    }

    public final void mov(Gpr to, Gpr from) {
        registers(1, 0x89, from.number(), to);
    }

    /** In 7 bytes where the number is an int, else in 10. */
    public final void mov(Gpr to, long immediate) {
        if (immediate == (int) immediate) {
            registers(1, 0xC7, 0, to);
            code.putInt((int) immediate);
        } else {
            code.put(0x48 | to.number() >> 3);
            code.put(0xB8 | (to.number() & 7));
            code.putLong(immediate);
        }
    }

    public final void mov(Gpr to, Mem from) {
        memory(1, 0x8B, to.number(), from);
    }

    public final void mov(Mem to, Gpr from) {
        memory(1, 0x89, from.number(), to);
    }

    /** 32 bits; the upper ones become 0. */
    public final void mov32(Gpr to, Gpr from) {
        registers(0, 0x89, from.number(), to);
    }

    /** 32 bits; the upper ones become 0. */
    public final void mov32(Gpr to, Mem from) {
        memory(0, 0x8B, to.number(), from);
    }

    /** The low 32 bits. */
    public final void mov32(Mem to, Gpr from) {
        memory(0, 0x89, from.number(), to);
    }

    /** 32 bits; the upper ones become 0. */
    public final void mov32(Gpr to, int immediate) {
        if (to.number() > 7) {
            code.put(0x41);
        }
        code.put(0xB8 | (to.number() & 7));
        code.putInt(immediate);
    }

    /** One byte; the upper ones become 0. */
    public final void movzx8(Gpr to, Mem from) {
        memory(0, 0x0FB6, to.number(), from);
    }

    /** Two bytes; the upper ones become 0. */
    public final void movzx16(Gpr to, Mem from) {
        memory(0, 0x0FB7, to.number(), from);
    }

    /** Four bytes with their sign. */
    public final void movsxd(Gpr to, Mem from) {
        memory(1, 0x63, to.number(), from);
    }

    public final void lea(Gpr to, Mem address) {
        memory(1, 0x8D, to.number(), address);
    }

    public final void add(Gpr to, Gpr from) {
        registers(1, 0 << 3 | 1, from.number(), to);
    }

    public final void add(Gpr to, Mem from) {
        memory(1, 0 << 3 | 3, to.number(), from);
    }

    public final void add(Gpr to, int immediate) {
        immediate(0, to, immediate);
    }

    public final void or(Gpr to, Gpr from) {
        registers(1, 1 << 3 | 1, from.number(), to);
    }

    public final void or(Gpr to, Mem from) {
        memory(1, 1 << 3 | 3, to.number(), from);
    }

    public final void or(Gpr to, int immediate) {
        immediate(1, to, immediate);
    }

    public final void and(Gpr to, Gpr from) {
        registers(1, 4 << 3 | 1, from.number(), to);
    }

    public final void and(Gpr to, Mem from) {
        memory(1, 4 << 3 | 3, to.number(), from);
    }

    public final void and(Gpr to, int immediate) {
        immediate(4, to, immediate);
    }

    public final void sub(Gpr to, Gpr from) {
        registers(1, 5 << 3 | 1, from.number(), to);
    }

    public final void sub(Gpr to, Mem from) {
        memory(1, 5 << 3 | 3, to.number(), from);
    }

    public final void sub(Gpr to, int immediate) {
        immediate(5, to, immediate);
    }

    public final void xor(Gpr to, Gpr from) {
        registers(1, 6 << 3 | 1, from.number(), to);
    }

    public final void xor(Gpr to, Mem from) {
        memory(1, 6 << 3 | 3, to.number(), from);
    }

    public final void xor(Gpr to, int immediate) {
        immediate(6, to, immediate);
    }

    public final void cmp(Gpr to, Gpr from) {
        registers(1, 7 << 3 | 1, from.number(), to);
    }

    public final void cmp(Gpr to, Mem from) {
        memory(1, 7 << 3 | 3, to.number(), from);
    }

    public final void cmp(Gpr to, int immediate) {
        immediate(7, to, immediate);
    }

    /** On the low 32 bits; the upper ones become 0. */
    public final void add32(Gpr to, Gpr from) {
        registers(0, 0 << 3 | 1, from.number(), to);
    }

    /** On the low 32 bits; the upper ones become 0. */
    public final void sub32(Gpr to, Gpr from) {
        registers(0, 5 << 3 | 1, from.number(), to);
    }

    /** On the low 32 bits; the upper ones become 0. */
    public final void xor32(Gpr to, Gpr from) {
        registers(0, 6 << 3 | 1, from.number(), to);
    }

    /** On the low 32 bits. */
    public final void cmp32(Gpr to, Gpr from) {
        registers(0, 7 << 3 | 1, from.number(), to);
    }

    public final void inc(Gpr register) {
        registers(1, 0xFF, 0, register);
    }

    public final void dec(Gpr register) {
        registers(1, 0xFF, 1, register);
    }

    public final void neg(Gpr register) {
        registers(1, 0xF7, 3, register);
    }

    public final void shl(Gpr register, int count) {
        shift(4, register, count);
    }

    public final void shr(Gpr register, int count) {
        shift(5, register, count);
    }

    public final void sar(Gpr register, int count) {
        shift(7, register, count);
    }

    public final void test(Gpr a, Gpr b) {
        registers(1, 0x85, b.number(), a);
    }

    public final void test(Gpr a, int immediate) {
        if (a == Gpr.RAX) {
            code.put(0x48);
            code.put(0xA9);
        } else {
            registers(1, 0xF7, 0, a);
        }
        code.putInt(immediate);
    }

    public final void imul(Gpr to, Gpr from) {
        registers(1, 0x0FAF, to.number(), from);
    }

    public final void imul(Gpr to, Gpr from, int immediate) {
        boolean small = Addressing.isByte(immediate);
        registers(1, small ? 0x6B : 0x69, to.number(), from);
        number(immediate, small);
    }

    public final void push(Gpr register) {
        stack(0x50, register);
    }

    public final void pop(Gpr register) {
        stack(0x58, register);
    }

    public final void prefetchnta(Mem at) {
        memory(0, 0x0F18, 0, at);
    }

    public final void prefetcht0(Mem at) {
        memory(0, 0x0F18, 1, at);
    }

    public final void prefetcht1(Mem at) {
        memory(0, 0x0F18, 2, at);
    }

    public final void prefetcht2(Mem at) {
        memory(0, 0x0F18, 3, at);
    }

    public final void prefetchw(Mem at) {
        memory(0, 0x0F0D, 1, at);
    }

    private void stack(int opcode, Gpr register) {
        if (register.number() > 7) {
            code.put(0x41);
        }
        code.put(opcode | (register.number() & 7));
    }

    private void shift(int extension, Gpr register, int count) {
        if (count < 0 || count > 63) {
            throw new IllegalArgumentException("shift by " + count + "; expected 0 to 63");
        }
        registers(1, count == 1 ? 0xD1 : 0xC1, extension, register);
        if (count != 1) {
            code.put(count);
        }
    }

    private void immediate(int extension, Gpr to, int immediate) {
        boolean small = Addressing.isByte(immediate);
        if (to == Gpr.RAX && !small) {
            code.put(0x48);
            code.put(extension << 3 | 5);
        } else {
            registers(1, small ? 0x83 : 0x81, extension, to);
        }
        number(immediate, small);
    }

    private void number(int immediate, boolean small) {
        if (small) {
            code.put(immediate);
        } else {
            code.putInt(immediate);
        }
    }

    private void registers(int wide, int opcode, int reg, Gpr rm) {
        prefix(wide, reg, 0, rm.number());
        opcode(opcode);
        Addressing.register(code, reg, rm.number());
    }

    private void memory(int wide, int opcode, int reg, Mem mem) {
        Masks.plain(mem);
        int index = mem.indexed() ? mem.index().number() : 0;
        prefix(wide, reg, index, mem.label() == null ? mem.base().number() : 0);
        opcode(opcode);
        Addressing.memory(code, reg, mem, 1, 0);
    }

    /** REX, where a bit of it is set. */
    private void prefix(int wide, int reg, int index, int base) {
        int bits = wide << 3 | reg >> 3 << 2 | index >> 3 << 1 | base >> 3;
        if (bits != 0) {
            code.put(0x40 | bits);
        }
    }

    private void opcode(int opcode) {
        if (opcode > 0xFF) {
            code.put(opcode >> 8);
        }
        code.put(opcode);
    }
}

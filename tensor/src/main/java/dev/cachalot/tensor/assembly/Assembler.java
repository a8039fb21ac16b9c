package dev.cachalot.tensor.assembly;

/**
 * Writes the machine code of x86-64, one method an instruction, named and its operands ordered as
 * in Intel's manual. Operands that an instruction does not take end in an {@link
 * IllegalArgumentException}. The code may be put at any address that is a multiple of 64.
 *
 * <pre>{@code
 * var code = new Assembler(InstructionSet.AVX512);
 * Label loop = code.here();
 * code.vmovups(Vec.zmm(0), Mem.at(Gpr.RSI));
 * code.vfmadd231ps(Vec.zmm(1), Vec.zmm(0), Mem.at(Gpr.RDX, 4).broadcast());
 * code.dec(Gpr.RCX);
 * code.jnz(loop);
 * code.vmovups(Mem.at(Gpr.RDI).masked(Mask.K1), Vec.zmm(1));
 * code.ret();
 * }</pre>
 */
public final class Assembler extends FloatInstructions {
    /** Code for a CPU with AVX-512. */
    public Assembler() {
        this(InstructionSet.AVX512);
    }

    public Assembler(InstructionSet set) {
        super(set);
    }

    /**
     * The code so far.
     *
     * @throws IllegalStateException when a label it needs is not bound, or too far for a short jump
     */
    public byte[] bytes() {
        return code.toBytes();
    }
}

package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.assembly.Gpr.R10;
import static dev.cachalot.tensor.assembly.Gpr.R8;
import static dev.cachalot.tensor.assembly.Gpr.R9;
import static dev.cachalot.tensor.assembly.Gpr.RAX;
import static dev.cachalot.tensor.assembly.Gpr.RCX;
import static dev.cachalot.tensor.assembly.Gpr.RDI;
import static dev.cachalot.tensor.assembly.Gpr.RDX;
import static dev.cachalot.tensor.assembly.Gpr.RSI;
import static dev.cachalot.tensor.assembly.Vec.zmm;

import dev.cachalot.tensor.assembly.Assembler;
import dev.cachalot.tensor.assembly.Label;
import dev.cachalot.tensor.assembly.Mask;
import dev.cachalot.tensor.assembly.Mem;
import dev.cachalot.tensor.assembly.Vec;

/**
 * Writes the machine code of {@code y = silu(gate) * up} (Shazeer, arXiv 2002.05202) over rows that
 * lie one behind the other. Called with (gate, up, y, bytes from row to row of y, rows, vectors of
 * 16 numbers a row).
 */
final class SwiGluKernel {
    private static final Vec X = zmm(0);
    private static final Vec GATE = zmm(4);

    static byte[] assemble() {
        Assembler to = new Assembler();
        ExponentialCode exponential = new ExponentialCode(to, zmm(1), zmm(2), zmm(3), Mask.K1);
        Label numbers = new Label();
        exponential.constants(Mem.of(numbers));
        Label row = to.here();
        to.mov(RAX, R9);
        to.mov(R10, RDX);
        Label vector = to.here();
        to.vmovups(GATE, Mem.at(RDI));
        to.vpxord(X, X, X);
        to.vsubps(X, X, GATE);
        exponential.write(X);
        to.vaddps(X, X, ExponentialCode.one());
        to.vdivps(X, GATE, X);
        to.vmulps(X, X, Mem.at(RSI));
        to.vmovups(Mem.at(R10), X);
        to.add(RDI, 64);
        to.add(RSI, 64);
        to.add(R10, 64);
        to.dec(RAX);
        to.jne(vector);
        to.add(RDX, RCX);
        to.dec(R8);
        to.jne(row);
        to.vzeroupper();
        to.ret();
        to.align(64);
        to.bind(numbers);
        exponential.data();
        return to.bytes();
    }

    private SwiGluKernel() {}
}

package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.assembly.Gpr.R10;
import static dev.cachalot.tensor.assembly.Gpr.R11;
import static dev.cachalot.tensor.assembly.Gpr.R8;
import static dev.cachalot.tensor.assembly.Gpr.R9;
import static dev.cachalot.tensor.assembly.Gpr.RAX;
import static dev.cachalot.tensor.assembly.Gpr.RCX;
import static dev.cachalot.tensor.assembly.Gpr.RDI;
import static dev.cachalot.tensor.assembly.Gpr.RDX;
import static dev.cachalot.tensor.assembly.Gpr.RSI;
import static dev.cachalot.tensor.assembly.Vec.ymm;
import static dev.cachalot.tensor.assembly.Vec.zmm;

import dev.cachalot.tensor.assembly.Assembler;
import dev.cachalot.tensor.assembly.Label;
import dev.cachalot.tensor.assembly.Mem;
import dev.cachalot.tensor.assembly.Vec;

/**
 * Writes the machine code that rounds floats to BF16 (to the nearest, ties to even) and lays them
 * as {@link Bf16Kernel} reads them.
 */
final class Bf16Packing {
    private static final int LANES = Bf16Kernel.LANES;

    /**
     * Code that keeps rows as rows: (floats, bytes from row to row, BF16, bytes from row to row,
     * rows, vectors of 16 numbers a row).
     */
    static byte[] assembleRows() {
        Assembler to = new Assembler();
        Label row = to.here();
        to.mov(RAX, RDI);
        to.mov(R10, RDX);
        to.mov(R11, R9);
        Label vector = to.here();
        to.vcvtneps2bf16(ymm(0), Mem.at(RAX));
        to.vmovups(Mem.at(R10), ymm(0));
        to.add(RAX, 64);
        to.add(R10, 32);
        to.dec(R11);
        to.jne(vector);
        to.add(RDI, RSI);
        to.add(RDX, RCX);
        to.dec(R8);
        to.jne(row);
        to.vzeroupper();
        to.ret();
        return to.bytes();
    }

    /**
     * Code that makes 16 rows the columns of panels, pairs of a row's numbers side by side:
     * (floats, bytes from row to row, panel, bytes from panel to panel, panels, twice the vectors
     * of 16 numbers a row).
     */
    static byte[] assembleColumns() {
        Assembler to = new Assembler();
        Label panel = to.here();
        to.mov(R10, RDI);
        to.mov(R11, RDX);
        to.push(R9);
        Label whole = new Label();
        Label half = new Label();
        Label done = new Label();
        to.cmp(R9, 4);
        to.jl(half);
        to.bind(whole);
        to.mov(RAX, R10);
        for (int row = 0; row < LANES; row++) {
            to.vmovups(zmm(16), Mem.at(RAX, 64));
            to.vcvtne2ps2bf16(zmm(row), zmm(16), Mem.at(RAX));
            to.add(RAX, RSI);
        }
        transpose(to);
        store(to, LANES);
        to.add(R10, 128);
        to.add(R11, 64 * LANES);
        to.sub(R9, 4);
        to.cmp(R9, 4);
        to.jge(whole);
        to.bind(half);
        to.test(R9, R9);
        to.je(done);
        to.mov(RAX, R10);
        for (int row = 0; row < LANES; row++) {
            to.vcvtneps2bf16(ymm(row), Mem.at(RAX));
            to.add(RAX, RSI);
        }
        transpose(to);
        store(to, LANES / 2);
        to.bind(done);
        to.pop(R9);
        for (int row = 0; row < LANES; row++) {
            to.add(RDI, RSI);
        }
        to.add(RDX, RCX);
        to.dec(R8);
        to.jne(panel);
        to.vzeroupper();
        to.ret();
        return to.bytes();
    }

    private static void store(Assembler to, int pairs) {
        for (int pair = 0; pair < pairs; pair++) {
            to.vmovups(Mem.at(R11, 64 * pair), zmm(pair));
        }
    }

    /** Words of 32 bits of the first sixteen registers: word j of register i goes to i of j. */
    private static void transpose(Assembler to) {
        for (int i = 0; i < LANES; i += 2) {
            to.vpunpckldq(other(i), zmm(i), zmm(i + 1));
            to.vpunpckhdq(other(i + 1), zmm(i), zmm(i + 1));
        }
        for (int i = 0; i < LANES; i += 4) {
            to.vpunpcklqdq(zmm(i), other(i), other(i + 2));
            to.vpunpckhqdq(zmm(i + 1), other(i), other(i + 2));
            to.vpunpcklqdq(zmm(i + 2), other(i + 1), other(i + 3));
            to.vpunpckhqdq(zmm(i + 3), other(i + 1), other(i + 3));
        }
        for (int half = 0; half < LANES; half += 8) {
            for (int c = 0; c < 4; c++) {
                to.vshufi32x4(other(half + c), zmm(half + c), zmm(half + 4 + c), 0x88);
                to.vshufi32x4(other(half + 4 + c), zmm(half + c), zmm(half + 4 + c), 0xdd);
            }
        }
        for (int c = 0; c < 4; c++) {
            to.vshufi32x4(zmm(c), other(c), other(8 + c), 0x88);
            to.vshufi32x4(zmm(8 + c), other(c), other(8 + c), 0xdd);
            to.vshufi32x4(zmm(4 + c), other(4 + c), other(12 + c), 0x88);
            to.vshufi32x4(zmm(12 + c), other(4 + c), other(12 + c), 0xdd);
        }
    }

    private static Vec other(int i) {
        return zmm(LANES + i);
    }

    /**
     * Code that keeps columns as columns, two rows side by side: (floats, bytes from row to row,
     * panels, bytes from panel to panel, pairs of rows, vectors of 16 numbers a row).
     */
    static byte[] assemblePairs() {
        Assembler to = new Assembler();
        Label order = new Label();
        to.vmovups(zmm(2), Mem.of(order));
        Label pair = to.here();
        to.mov(RAX, RDI);
        to.mov(R10, RDX);
        to.mov(R11, R9);
        Label vector = to.here();
        to.vmovups(zmm(0), Mem.at(RAX, RSI, 1));
        to.vcvtne2ps2bf16(zmm(0), zmm(0), Mem.at(RAX));
        to.vpermw(zmm(0), zmm(2), zmm(0));
        to.vmovups(Mem.at(R10), zmm(0));
        to.add(RAX, 64);
        to.add(R10, RCX);
        to.dec(R11);
        to.jne(vector);
        to.add(RDI, RSI);
        to.add(RDI, RSI);
        to.add(RDX, 64);
        to.dec(R8);
        to.jne(pair);
        to.vzeroupper();
        to.ret();
        to.align(64);
        to.bind(order);
        for (int i = 0; i < LANES; i++) {
            to.data((byte) i, (byte) 0, (byte) (LANES + i), (byte) 0);
        }
        return to.bytes();
    }

    /**
     * Code that makes rows of BF16 rows of floats again: (BF16, bytes from row to row, floats,
     * bytes from row to row, rows, vectors of 16 numbers a row).
     */
    static byte[] assembleFloats() {
        Assembler to = new Assembler();
        Label row = to.here();
        to.mov(RAX, RDI);
        to.mov(R10, RDX);
        to.mov(R11, R9);
        Label vector = to.here();
        to.vpmovzxwd(zmm(0), Mem.at(RAX));
        to.vpslld(zmm(0), zmm(0), 16);
        to.vmovups(Mem.at(R10), zmm(0));
        to.add(RAX, 32);
        to.add(R10, 64);
        to.dec(R11);
        to.jne(vector);
        to.add(RDI, RSI);
        to.add(RDX, RCX);
        to.dec(R8);
        to.jne(row);
        to.vzeroupper();
        to.ret();
        return to.bytes();
    }

    private Bf16Packing() {}
}

package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.assembly.Gpr.RAX;
import static dev.cachalot.tensor.assembly.Gpr.RCX;
import static dev.cachalot.tensor.assembly.Gpr.RDI;
import static dev.cachalot.tensor.assembly.Gpr.RDX;
import static dev.cachalot.tensor.assembly.Gpr.RSI;
import static dev.cachalot.tensor.assembly.Vec.xmm;
import static dev.cachalot.tensor.assembly.Vec.ymm;

import dev.cachalot.tensor.assembly.Assembler;
import dev.cachalot.tensor.assembly.InstructionSet;
import dev.cachalot.tensor.assembly.Label;
import dev.cachalot.tensor.assembly.Mem;
import dev.cachalot.tensor.assembly.Vec;

/**
 * {@link QuantizeKernel} in AVX2, with the same arguments and, for finite floats, the same bits.
 */
final class Avx2QuantizeKernel {
    private static final int VECTORS = 4; // of a block of 32
    private static final Vec SUM = ymm(4);
    private static final Vec EARLIER = ymm(5);
    private static final Vec TEMPORARY = ymm(6);
    private static final Vec MOST = ymm(7);
    private static final Vec INVERSE = ymm(8);
    private static final Vec ORDER = ymm(10);
    private static final Vec MAGNITUDE = ymm(11);
    private static final Vec SHARE = ymm(12);
    private static final Vec MOST_CODE = ymm(13);
    private static final Vec OFFSET = ymm(14);
    private static final Vec FLOOR = ymm(15);

    private final Assembler to = new Assembler(InstructionSet.AVX2);
    private final ActivationLayout layout;

    private Avx2QuantizeKernel(ActivationLayout layout) {
        this.layout = layout;
    }

    /** The code for a layout. */
    static byte[] assemble(ActivationLayout layout, int offset) {
        Avx2QuantizeKernel kernel = new Avx2QuantizeKernel(layout);
        kernel.write(offset);
        return kernel.to.bytes();
    }

    private void write(int offset) {
        Label order = new Label();
        to.vmovdqu(ORDER, Mem.of(order));
        fill(MAGNITUDE, 0x7fffffff);
        fill(SHARE, Float.floatToRawIntBits(1f / 127));
        fill(MOST_CODE, Float.floatToRawIntBits(127f));
        fill(OFFSET, -offset);
        fill(FLOOR, Float.floatToRawIntBits(QuantizeKernel.LEAST));
        Label quad = to.here();
        to.vpand(MOST, MAGNITUDE, Mem.at(RDI));
        for (int i = 1; i < 4 * VECTORS; i++) {
            to.vpand(TEMPORARY, MAGNITUDE, Mem.at(RDI, 32 * i));
            to.vmaxps(MOST, MOST, TEMPORARY);
        }
        for (int step = 0; step < 3; step++) {
            shuffle(TEMPORARY, MOST, step);
            to.vmaxps(MOST, MOST, TEMPORARY);
        }
        to.vmaxps(MOST, MOST, FLOOR);
        to.vmulps(TEMPORARY, MOST, SHARE);
        to.vmovss(Mem.at(RDX), xmm(TEMPORARY.number()));
        to.vdivps(INVERSE, MOST_CODE, MOST);
        for (int block = 0; block < 4; block++) {
            block(block);
        }
        to.add(RDI, 4 * TileFormat.QUAD);
        to.add(RSI, layout.quadBytes());
        to.add(RDX, layout.quadBytes());
        to.dec(RCX);
        to.jne(quad);
        to.vzeroupper();
        to.ret();
        to.align(32);
        to.bind(order);
        to.dataInts(0, 4, 1, 5, 2, 6, 3, 7);
    }

    private void block(int block) {
        for (int i = 0; i < VECTORS; i++) {
            to.vmulps(ymm(i), INVERSE, Mem.at(RDI, 32 * (VECTORS * block + i)));
            to.vcvtps2dq(ymm(i), ymm(i));
        }
        if (layout.hasStarts() || layout.sums() != ActivationLayout.Sums.NONE) {
            if (layout.groups() == 2) {
                to.vpaddd(EARLIER, ymm(0), ymm(1));
                sum(EARLIER, block, 0);
                to.vpaddd(SUM, ymm(2), ymm(3));
                sum(SUM, block, 1);
            } else {
                Vec sum = block % 2 == 0 ? EARLIER : SUM;
                to.vpaddd(sum, ymm(0), ymm(1));
                to.vpaddd(TEMPORARY, ymm(2), ymm(3));
                to.vpaddd(sum, sum, TEMPORARY);
                sum(sum, block, 0);
            }
        }
        to.vpackssdw(ymm(0), ymm(0), ymm(1));
        to.vpackssdw(ymm(2), ymm(2), ymm(3));
        to.vpacksswb(ymm(0), ymm(0), ymm(2));
        to.vpermd(ymm(0), ORDER, ymm(0)); // packing goes by halves
        to.vmovdqu(Mem.at(RSI, layout.blockAt(block)), ymm(0));
    }

    /** Adds up a group's sum and writes what the layout wants of it. */
    private void sum(Vec sum, int block, int group) {
        for (int step = 0; step < 3; step++) {
            shuffle(TEMPORARY, sum, step);
            to.vpaddd(sum, sum, TEMPORARY);
        }
        int at = layout.blockAt(block);
        if (layout.hasStarts()) {
            to.vpmulld(TEMPORARY, sum, OFFSET);
            to.vmovss(Mem.at(RDX, at + layout.startsAt(group)), xmm(TEMPORARY.number()));
        }
        int pair = layout.groups() * block + group;
        if (layout.sums() == ActivationLayout.Sums.FLOATS) {
            to.vcvtdq2ps(TEMPORARY, sum);
            to.vmovss(Mem.at(RDX, at + layout.floatsAt()), xmm(TEMPORARY.number()));
        } else if (layout.sums() == ActivationLayout.Sums.PAIRS && pair % 2 == 1) {
            to.vpunpcklwd(TEMPORARY, EARLIER, SUM);
            to.vmovss(Mem.at(RDX, layout.pairsAt(pair / 2)), xmm(TEMPORARY.number()));
        }
    }

    /** All lanes see all others in three steps: halves, pairs, neighbours. */
    private void shuffle(Vec target, Vec from, int step) {
        switch (step) {
            case 0 -> to.vpermq(target, from, 0x4e);
            case 1 -> to.vpshufd(target, from, 0x4e);
            default -> to.vpshufd(target, from, 0xb1);
        }
    }

    private void fill(Vec vector, int bits) {
        to.mov(RAX, bits);
        to.vmovd(xmm(vector.number()), RAX);
        to.vpbroadcastd(vector, xmm(vector.number()));
    }
}

package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.assembly.Gpr.RAX;
import static dev.cachalot.tensor.assembly.Gpr.RCX;
import static dev.cachalot.tensor.assembly.Gpr.RDI;
import static dev.cachalot.tensor.assembly.Gpr.RDX;
import static dev.cachalot.tensor.assembly.Gpr.RSI;
import static dev.cachalot.tensor.assembly.Vec.xmm;
import static dev.cachalot.tensor.assembly.Vec.zmm;

import dev.cachalot.tensor.assembly.Assembler;
import dev.cachalot.tensor.assembly.Label;
import dev.cachalot.tensor.assembly.Mem;
import dev.cachalot.tensor.assembly.Vec;

/**
 * Writes the machine code that quantises a row of floats, 128 at a time: {@code scale = most /
 * 127}, {@code code = x (127 / most)} to the nearest, where {@code most} is the largest magnitude.
 * Called with (floats, place of the row's codes, place of its words, quads).
 */
final class QuantizeKernel {
    /** Below this nothing is told from zero; no quotient overflows. */
    static final float LEAST = 1e-30f;

    private static final Vec MAGNITUDE = zmm(31);
    private static final Vec SHARE = zmm(30);
    private static final Vec MOST_CODE = zmm(29);
    private static final Vec OFFSET = zmm(28);
    private static final Vec FLOOR = zmm(27);
    private static final Vec MOST = zmm(8);
    private static final Vec TEMPORARY = zmm(9);
    private static final Vec INVERSE = zmm(10);
    private static final Vec SUM = zmm(11);
    private static final Vec EARLIER = zmm(12);

    private final Assembler to = new Assembler();
    private final ActivationLayout layout;

    private QuantizeKernel(ActivationLayout layout) {
        this.layout = layout;
    }

    /** The code for a layout. */
    static byte[] assemble(ActivationLayout layout, int offset) {
        QuantizeKernel kernel = new QuantizeKernel(layout);
        kernel.write(offset);
        return kernel.to.bytes();
    }

    private void write(int offset) {
        fill(MAGNITUDE, 0x7fffffff);
        fill(SHARE, Float.floatToRawIntBits(1f / 127));
        fill(MOST_CODE, Float.floatToRawIntBits(127f));
        fill(OFFSET, -offset);
        fill(FLOOR, Float.floatToRawIntBits(LEAST));
        Label quad = new Label();
        to.bind(quad);
        for (int i = 0; i < 8; i++) {
            to.vmovups(zmm(i), Mem.at(RDI, 64 * i));
        }
        to.vpandd(MOST, MAGNITUDE, zmm(0));
        for (int i = 1; i < 8; i++) {
            to.vpandd(TEMPORARY, MAGNITUDE, zmm(i));
            to.vmaxps(MOST, MOST, TEMPORARY);
        }
        for (int step = 0; step < 4; step++) {
            shuffle(TEMPORARY, MOST, step);
            to.vmaxps(MOST, MOST, TEMPORARY);
        }
        to.vmaxps(MOST, MOST, FLOOR);
        to.vmulps(TEMPORARY, MOST, SHARE);
        to.vmovss(Mem.at(RDX), xmm(TEMPORARY.number()));
        to.vdivps(INVERSE, MOST_CODE, MOST);
        for (int i = 0; i < 8; i++) {
            to.vmulps(zmm(i), zmm(i), INVERSE);
            to.vcvtps2dq(zmm(i), zmm(i));
            to.vpmovdb(Mem.at(RSI, layout.blockAt(i / 2) + 16 * (i % 2)), zmm(i));
        }
        sums();
        to.add(RDI, 4 * TileFormat.QUAD);
        to.add(RSI, layout.quadBytes());
        to.add(RDX, layout.quadBytes());
        to.dec(RCX);
        to.jne(quad);
        to.vzeroupper();
        to.ret();
    }

    private void sums() {
        if (!layout.hasStarts() && layout.sums() == ActivationLayout.Sums.NONE) {
            return;
        }
        int groups = layout.groups();
        for (int g = 0; g < 4 * groups; g++) {
            Vec sum = g % 2 == 0 ? EARLIER : SUM;
            if (groups == 2) {
                to.vmovdqa32(sum, zmm(g));
            } else {
                to.vpaddd(sum, zmm(2 * g), zmm(2 * g + 1));
            }
            for (int step = 0; step < 4; step++) {
                shuffle(TEMPORARY, sum, step);
                to.vpaddd(sum, sum, TEMPORARY);
            }
            int block = layout.blockAt(g / groups);
            if (layout.hasStarts()) {
                to.vpmulld(TEMPORARY, sum, OFFSET);
                to.vmovss(
                        Mem.at(RDX, block + layout.startsAt(g % groups)), xmm(TEMPORARY.number()));
            }
            if (layout.sums() == ActivationLayout.Sums.FLOATS) {
                to.vcvtdq2ps(TEMPORARY, sum);
                to.vmovss(Mem.at(RDX, block + layout.floatsAt()), xmm(TEMPORARY.number()));
            } else if (layout.sums() == ActivationLayout.Sums.PAIRS && g % 2 == 1) {
                to.vpunpcklwd(TEMPORARY, EARLIER, SUM);
                to.vmovss(Mem.at(RDX, layout.pairsAt(g / 2)), xmm(TEMPORARY.number()));
            }
        }
    }

    /** All lanes see all others in four steps: halves, quarters, pairs, neighbours. */
    private void shuffle(Vec target, Vec from, int step) {
        switch (step) {
            case 0 -> to.vshuff64x2(target, from, from, 0x4e);
            case 1 -> to.vshuff64x2(target, from, from, 0xb1);
            case 2 -> to.vpshufd(target, from, 0x4e);
            default -> to.vpshufd(target, from, 0xb1);
        }
    }

    private void fill(Vec vector, int bits) {
        to.mov(RAX, bits);
        to.vpbroadcastd(vector, RAX);
    }
}

package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.assembly.Gpr.R10;
import static dev.cachalot.tensor.assembly.Gpr.R11;
import static dev.cachalot.tensor.assembly.Gpr.R12;
import static dev.cachalot.tensor.assembly.Gpr.R13;
import static dev.cachalot.tensor.assembly.Gpr.R14;
import static dev.cachalot.tensor.assembly.Gpr.R8;
import static dev.cachalot.tensor.assembly.Gpr.R9;
import static dev.cachalot.tensor.assembly.Gpr.RAX;
import static dev.cachalot.tensor.assembly.Gpr.RBP;
import static dev.cachalot.tensor.assembly.Gpr.RBX;
import static dev.cachalot.tensor.assembly.Gpr.RCX;
import static dev.cachalot.tensor.assembly.Gpr.RDI;
import static dev.cachalot.tensor.assembly.Gpr.RDX;
import static dev.cachalot.tensor.assembly.Gpr.RSI;
import static dev.cachalot.tensor.assembly.Gpr.RSP;
import static dev.cachalot.tensor.assembly.Vec.ymm;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.assembly.Assembler;
import dev.cachalot.tensor.assembly.Gpr;
import dev.cachalot.tensor.assembly.InstructionSet;
import dev.cachalot.tensor.assembly.Label;
import dev.cachalot.tensor.assembly.Mem;
import dev.cachalot.tensor.assembly.Vec;
import java.util.List;

/**
 * {@link CodeKernel} in 256 bits, for the same memory, arguments and bits of results: with
 * AVX-VNNI's products of bytes, or with AVX2's alone. A panel's 16 outputs are two vectors; a
 * group's whole numbers stay in registers and the running sums of a quad on the stack, for 16
 * registers are few.
 *
 * <p>AVX2's {@code vpmaddubsw} adds two products in 16 bits and cuts what does not fit. Codes of up
 * to 6 bits fit; those of 8 bits and the levels of tables are multiplied as magnitude times signed
 * input instead ({@code |w| * (x with w's sign)}, at most 2 * 128 * 127), which needs no start.
 */
final class Avx2CodeKernel {
    private static final Gpr WEIGHTS = RDI;
    private static final Gpr ROWS = RSI;
    private static final Gpr Y = RDX;
    private static final Gpr STRIDE = RCX;
    private static final Gpr BLOCKS = R8;
    private static final Gpr TILES = R9;
    private static final Gpr BLOCK_ROWS = R10; // the block's codes of rows
    private static final Gpr LEFT = R11; // blocks of the tile that are left
    private static final Gpr COUNT = RAX; // blocks of the quad that are left
    private static final Gpr LOWER_Y = RBX; // row 3
    private static final Gpr QUAD_ROWS = RBP;
    private static final Gpr SCALES = R12;
    private static final Gpr HEAD = R13;
    private static final Gpr FRAME = R14; // the stack as the caller left it
    private static final List<Gpr> SAVED = List.of(RBX, RBP, R12, R13, R14);

    private static final int PANELS = 2;
    private static final int HALVES = 2; // of a panel
    private static final int BYTES = 32; // of a vector
    private static final int SIGNED_ROWS = 3; // at once, where magnitudes take two registers
    private static final Vec CODE = ymm(12); // and 13: weights of the two halves, then their scales
    private static final Vec INPUT = ymm(14); // one row's four inputs in all lanes
    private static final Vec TEMPORARY = ymm(15);
    private static final Vec MAGNITUDE = ymm(10); // and 11: of signed weights

    private final Assembler to = new Assembler(InstructionSet.AVX2);
    private final TileFormat format;
    private final ActivationLayout layout;
    private final int rows;
    private final PrefetchCode prefetch;
    private final boolean vnni;
    private final Avx2Constants constants = new Avx2Constants(to);

    private Avx2CodeKernel(TileFormat format, int rows, PrefetchCode prefetch, boolean vnni) {
        this.format = format;
        this.rows = rows;
        this.prefetch = prefetch;
        this.vnni = vnni;
        layout = ActivationLayout.of(format, rows);
    }

    /**
     * The code for {@code rows} rows at once.
     *
     * @param vnni whether the CPU has AVX-VNNI
     */
    static byte[] assemble(TileFormat format, int rows, PrefetchCode prefetch, boolean vnni) {
        Avx2CodeKernel kernel = new Avx2CodeKernel(format, rows, prefetch, vnni);
        kernel.write();
        return kernel.to.bytes();
    }

    /** Whether weights are multiplied by magnitude and sign. */
    private boolean isSigned() {
        return !vnni && (format.bits() == 8 || format.isTable());
    }

    /** Whether a block's products of codes fit into 16 bits together: 8 * 2 * 15 * 127. */
    private boolean sumsWords() {
        return !vnni && format.bits() == 4 && !format.isTable();
    }

    private void write() {
        SAVED.forEach(to::push);
        to.mov(FRAME, RSP);
        to.sub(RSP, rows * PANELS * HALVES * BYTES);
        to.and(RSP, -64);
        to.lea(LOWER_Y, Mem.at(STRIDE, STRIDE, 2));
        to.add(LOWER_Y, Y);
        Label tile = to.here();
        to.vpxor(TEMPORARY, TEMPORARY, TEMPORARY);
        for (int t = 0; t < rows; t++) {
            for (int q = 0; q < PANELS * HALVES; q++) {
                to.vmovups(y(t, q), TEMPORARY);
            }
        }
        to.mov(QUAD_ROWS, ROWS);
        to.mov(LEFT, BLOCKS);
        Label quads = to.here();
        if (format.isSuper()) {
            prefetch.write(to, format.headBytes(), at -> Mem.at(WEIGHTS, at));
            to.mov(HEAD, WEIGHTS);
            to.lea(SCALES, Mem.at(WEIGHTS, format.scalesAt()));
            to.add(WEIGHTS, format.headBytes());
            for (int quad = 0; quad < 2; quad++) {
                to.mov(COUNT, 4);
                quad(quad);
            }
            to.sub(LEFT, 8);
        } else {
            Label whole = new Label();
            to.mov(COUNT, 4);
            to.cmp(LEFT, COUNT);
            to.jae(whole);
            to.mov(COUNT, LEFT);
            to.bind(whole);
            to.sub(LEFT, COUNT);
            quad(0);
            to.test(LEFT, LEFT);
        }
        to.jne(quads);
        to.add(Y, 4 * TileFormat.ROWS);
        to.add(LOWER_Y, 4 * TileFormat.ROWS);
        to.dec(TILES);
        to.jne(tile);
        to.mov(RSP, FRAME);
        SAVED.reversed().forEach(to::pop);
        to.vzeroupper();
        to.ret();
        constants.write();
    }

    private void quad(int quad) {
        to.vpxor(TEMPORARY, TEMPORARY, TEMPORARY);
        for (int t = 0; t < rows; t++) {
            for (int q = 0; q < PANELS * HALVES; q++) {
                to.vmovups(part(t, q), TEMPORARY);
            }
        }
        to.lea(BLOCK_ROWS, Mem.at(QUAD_ROWS, layout.blockAt(0)));
        to.align(32);
        Label block = to.here();
        block();
        to.add(WEIGHTS, format.blockBytes());
        to.add(BLOCK_ROWS, layout.blockBytes());
        if (format.isSuper()) {
            to.add(SCALES, format.groups() * TileFormat.ROWS);
        }
        to.dec(COUNT);
        to.jne(block);
        if (layout.sums() == ActivationLayout.Sums.PAIRS) {
            pairedMinimums(quad);
        }
        for (int t = 0; t < rows; t++) {
            to.vbroadcastss(TEMPORARY, Mem.at(QUAD_ROWS, ActivationLayout.WORD * t));
            for (int q = 0; q < PANELS * HALVES; q++) {
                to.vmovups(CODE, part(t, q));
                to.vfmadd213ps(CODE, TEMPORARY, y(t, q));
                to.vmovups(y(t, q), CODE);
            }
        }
        to.add(QUAD_ROWS, layout.quadBytes());
    }

    private void block() {
        prefetch.write(to, format.blockBytes(), at -> Mem.at(WEIGHTS, at));
        int step = isSigned() ? SIGNED_ROWS : rows;
        for (int g = 0; g < format.groups(); g++) {
            for (int p = 0; p < PANELS; p++) {
                for (int t = 0; t < rows; t += step) {
                    group(g, p, t, Math.min(rows, t + step));
                }
            }
        }
        if (layout.sums() == ActivationLayout.Sums.FLOATS) {
            minimums();
        }
    }

    /** A group of inputs, for a panel and the rows from {@code first} to {@code last}. */
    private void group(int g, int panel, int first, int last) {
        boolean hasStarts = layout.hasStarts() && !isSigned();
        for (int t = first; t < last; t++) {
            for (int h = 0; h < HALVES; h++) {
                Vec dot = dot(t - first, h);
                if (!hasStarts || sumsWords()) {
                    to.vpxor(dot, dot, dot);
                } else if (h == 0) {
                    to.vpbroadcastd(dot, start(g, t));
                } else {
                    to.vmovdqa(dot, dot(t - first, 0));
                }
            }
        }
        int from = format.group() == 16 ? 4 * g : 0;
        for (int v = from; v < from + format.group() / 4; v++) {
            for (int h = 0; h < HALVES; h++) {
                codes(panel, h, v);
                if (isSigned()) {
                    to.vpabsb(magnitude(h), code(h));
                }
            }
            for (int t = first; t < last; t++) {
                to.vpbroadcastd(INPUT, Mem.at(BLOCK_ROWS, TileFormat.BLOCK * t + 4 * v));
                for (int h = 0; h < HALVES; h++) {
                    multiply(dot(t - first, h), h);
                }
            }
        }
        for (int h = 0; h < HALVES; h++) {
            scale(g, panel, h);
        }
        for (int t = first; t < last; t++) {
            for (int h = 0; h < HALVES; h++) {
                Vec dot = dot(t - first, h);
                if (sumsWords()) {
                    to.vpmaddwd(dot, dot, constants.words(1));
                    if (hasStarts) {
                        to.vpbroadcastd(TEMPORARY, start(g, t));
                        to.vpaddd(dot, dot, TEMPORARY);
                    }
                }
                to.vcvtdq2ps(dot, dot);
                to.vfmadd213ps(dot, code(h), part(t, HALVES * panel + h));
                to.vmovups(part(t, HALVES * panel + h), dot);
            }
        }
    }

    private void multiply(Vec dot, int half) {
        if (vnni) {
            to.vpdpbusd(dot, code(half), INPUT);
        } else if (isSigned()) {
            to.vpsignb(TEMPORARY, INPUT, code(half));
            to.vpmaddubsw(TEMPORARY, magnitude(half), TEMPORARY);
            to.vpmaddwd(TEMPORARY, TEMPORARY, constants.words(1));
            to.vpaddd(dot, dot, TEMPORARY);
        } else {
            to.vpmaddubsw(TEMPORARY, code(half), INPUT);
            if (sumsWords()) {
                to.vpaddw(dot, dot, TEMPORARY);
            } else {
                to.vpmaddwd(TEMPORARY, TEMPORARY, constants.words(1));
                to.vpaddd(dot, dot, TEMPORARY);
            }
        }
    }

    /** Codes of inputs 4 v to 4 v + 3 of half a panel: unsigned, or weights with their signs. */
    private void codes(int panel, int half, int v) {
        Vec code = code(half);
        int start = panel * format.panelBytes() + BYTES * half;
        if (format.bits() == 8) {
            to.vmovdqu(code, Mem.at(WEIGHTS, start + 64 * v));
            if (isSigned()) {
                to.vpxor(code, code, constants.bytes(0x80));
            }
            return;
        }
        int j = v % 4;
        to.vmovdqu(code, Mem.at(WEIGHTS, start + 64 * j));
        if (v >= 4) {
            to.vpsrlw(code, code, 4);
        }
        to.vpand(code, code, constants.bytes(0x0f));
        if (format.isTable()) {
            to.vmovdqu(TEMPORARY, constants.levels(isSigned() ? 0 : 0x80));
            to.vpshufb(code, TEMPORARY, code);
        }
        int planes = start + format.lowBytes();
        if (format.bits() == 5) {
            int at = panel * format.panelBytes() + format.lowBytes() + 8 * v + 4 * half;
            to.vpbroadcastd(TEMPORARY, Mem.at(WEIGHTS, at));
            to.vpshufb(TEMPORARY, TEMPORARY, constants.byteOfBit());
            to.vpand(TEMPORARY, TEMPORARY, constants.bitOfByte());
            to.vpcmpeqb(TEMPORARY, TEMPORARY, constants.bitOfByte());
            to.vpand(TEMPORARY, TEMPORARY, constants.bytes(0x10));
            to.vpor(code, code, TEMPORARY);
        } else if (format.bits() == 6) {
            to.vmovdqu(TEMPORARY, Mem.at(WEIGHTS, planes + 64 * (v / 4)));
            if (j < 2) {
                to.vpsllw(TEMPORARY, TEMPORARY, 4 - 2 * j);
            } else if (j == 3) {
                to.vpsrlw(TEMPORARY, TEMPORARY, 2);
            }
            to.vpand(TEMPORARY, TEMPORARY, constants.bytes(0x30));
            to.vpor(code, code, TEMPORARY);
        }
    }

    private void scale(int group, int panel, int half) {
        Vec scale = code(half);
        int at = 32 * panel + 16 * half; // of 16 bits an output
        if (format.isSuper()) {
            Mem bytes = Mem.at(SCALES, group * TileFormat.ROWS + at / 2);
            if (format.isScaleSigned()) {
                to.vpmovsxbd(scale, bytes);
            } else {
                to.vpmovzxbd(scale, bytes);
            }
            to.vcvtdq2ps(scale, scale);
            to.vcvtph2ps(TEMPORARY, Mem.at(HEAD, at));
            to.vmulps(scale, scale, TEMPORARY);
        } else if (format.dtype() == DType.MXFP4) {
            to.vpmovzxwd(scale, Mem.at(WEIGHTS, format.codeBytes() + at));
            to.vpslld(scale, scale, 16);
        } else {
            to.vcvtph2ps(scale, Mem.at(WEIGHTS, format.codeBytes() + at));
        }
    }

    /** Minimums of a plain block, times the sums of codes. */
    private void minimums() {
        for (int q = 0; q < PANELS * HALVES; q++) {
            int at = format.codeBytes() + 2 * TileFormat.ROWS + 16 * q;
            to.vcvtph2ps(CODE, Mem.at(WEIGHTS, at));
            for (int t = 0; t < rows; t++) {
                int sum = layout.floatsAt() + ActivationLayout.WORD * t;
                to.vbroadcastss(TEMPORARY, Mem.at(BLOCK_ROWS, sum));
                to.vfmadd213ps(TEMPORARY, CODE, part(t, q));
                to.vmovups(part(t, q), TEMPORARY);
            }
        }
    }

    private void pairedMinimums(int quad) {
        for (int q = 0; q < PANELS * HALVES; q++) {
            for (int t = 0; t < rows; t++) {
                to.vpxor(dot(t, 0), dot(t, 0), dot(t, 0));
            }
            for (int i = 0; i < layout.pairs(); i++) {
                int pair = quad * layout.pairs() + i;
                int at = format.minimumsAt() + 2 * TileFormat.ROWS * pair + 16 * q;
                to.vpmovzxbw(CODE, Mem.at(HEAD, at));
                for (int t = 0; t < rows; t++) {
                    int sums = layout.pairsAt(i) + ActivationLayout.WORD * t;
                    to.vpbroadcastd(INPUT, Mem.at(QUAD_ROWS, sums));
                    if (vnni) {
                        to.vpdpwssd(dot(t, 0), CODE, INPUT);
                    } else {
                        to.vpmaddwd(TEMPORARY, CODE, INPUT);
                        to.vpaddd(dot(t, 0), dot(t, 0), TEMPORARY);
                    }
                }
            }
            to.vcvtph2ps(CODE, Mem.at(HEAD, 2 * TileFormat.ROWS + 16 * q));
            for (int t = 0; t < rows; t++) {
                to.vcvtdq2ps(dot(t, 0), dot(t, 0));
                to.vfnmadd213ps(dot(t, 0), CODE, part(t, q));
                to.vmovups(part(t, q), dot(t, 0));
            }
        }
    }

    private Mem start(int group, int row) {
        return Mem.at(BLOCK_ROWS, layout.startsAt(group) + ActivationLayout.WORD * row);
    }

    private static Vec dot(int row, int half) {
        return ymm(HALVES * row + half);
    }

    private static Vec code(int half) {
        return ymm(CODE.number() + half);
    }

    private static Vec magnitude(int half) {
        return ymm(MAGNITUDE.number() + half);
    }

    /** The running sum of a quad. */
    private static Mem part(int row, int quarter) {
        return Mem.at(RSP, BYTES * (PANELS * HALVES * row + quarter));
    }

    private static Mem y(int row, int quarter) {
        Gpr base = row < 3 ? Y : LOWER_Y;
        int displacement = BYTES * quarter;
        return row % 3 == 0
                ? Mem.at(base, displacement)
                : Mem.at(base, STRIDE, row % 3, displacement);
    }
}

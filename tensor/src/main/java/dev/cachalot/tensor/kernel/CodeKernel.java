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
import static dev.cachalot.tensor.assembly.Vec.zmm;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.assembly.Assembler;
import dev.cachalot.tensor.assembly.Gpr;
import dev.cachalot.tensor.assembly.Label;
import dev.cachalot.tensor.assembly.Mask;
import dev.cachalot.tensor.assembly.Mem;
import dev.cachalot.tensor.assembly.Vec;

/**
 * Writes the machine code (AVX-512 with VNNI) of int8 products: up to six quantised rows with tiles
 * of 32 outputs. Called with (tiles, rows, y, bytes between rows of y, blocks of 32 inputs, number
 * of tiles); y's rows must have room for whole tiles.
 *
 * <p>For each quad of 128 inputs, a group's dot product is a whole number; {@code part = fma(dot,
 * scale, part)} over the quad's groups ascending, then minimums, and {@code y = fma(part, scale of
 * the row, y)}: the same whatever the number of rows.
 */
final class CodeKernel {
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
    private static final Gpr BITS = R14;

    private static final int PANELS = 2;
    private static final int MOST = ActivationLayout.MOST_ROWS;
    private static final Vec CODE = zmm(24); // and 25: weights of the two panels, then their scales
    private static final Vec INPUT = zmm(26); // one row's four inputs in all lanes
    private static final Vec OTHER = zmm(27);
    private static final Vec NIBBLES = zmm(28);
    private static final Vec LEVELS = zmm(29);
    private static final Vec UPPER = zmm(30); // the fifth bit, or the fifth and sixth

    private final Assembler to = new Assembler();
    private final TileFormat format;
    private final ActivationLayout layout;
    private final int rows;
    private final int prefetch;

    private CodeKernel(TileFormat format, int rows, int prefetch) {
        this.format = format;
        this.rows = rows;
        this.prefetch = prefetch;
        layout = ActivationLayout.of(format, rows);
    }

    /**
     * The code for {@code rows} rows at once.
     *
     * @param prefetch bytes that weights are asked for ahead, 0 for not at all
     */
    static byte[] assemble(TileFormat format, int rows, int prefetch) {
        CodeKernel kernel = new CodeKernel(format, rows, prefetch);
        kernel.write();
        return kernel.to.bytes();
    }

    private void write() {
        to.push(RBX);
        to.push(RBP);
        to.push(R12);
        to.push(R13);
        to.push(R14);
        constants();
        to.lea(LOWER_Y, Mem.at(STRIDE, STRIDE, 2));
        to.add(LOWER_Y, Y);
        Label tile = new Label();
        to.bind(tile);
        to.vpxord(OTHER, OTHER, OTHER);
        for (int t = 0; t < rows; t++) {
            for (int p = 0; p < PANELS; p++) {
                to.vmovups(y(t, p), OTHER);
            }
        }
        to.mov(QUAD_ROWS, ROWS);
        to.mov(LEFT, BLOCKS);
        Label quads = new Label();
        to.bind(quads);
        if (format.isSuper()) {
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
        to.pop(R14);
        to.pop(R13);
        to.pop(R12);
        to.pop(RBP);
        to.pop(RBX);
        to.vzeroupper();
        to.ret();
    }

    private void constants() {
        if (format.bits() < 8) {
            fill(NIBBLES, 0x0f0f0f0f);
        }
        if (format.bits() == 5) {
            fill(UPPER, 0x10101010);
        } else if (format.bits() == 6) {
            fill(UPPER, 0x30303030);
        }
        if (format.isTable()) {
            Label table = new Label();
            Label past = new Label();
            to.jmp(past);
            to.bind(table);
            for (int i = 0; i < 16; i++) {
                to.data((byte) (CodeTiles.level(i) ^ 0x80));
            }
            to.bind(past);
            to.vbroadcasti32x4(LEVELS, Mem.of(table));
        }
    }

    private void fill(Vec vector, int bits) {
        to.mov(RAX, bits);
        to.vpbroadcastd(vector, RAX);
    }

    private void quad(int quad) {
        for (int t = 0; t < rows; t++) {
            for (int p = 0; p < PANELS; p++) {
                to.vpxord(part(t, p), part(t, p), part(t, p));
            }
        }
        to.lea(BLOCK_ROWS, Mem.at(QUAD_ROWS, layout.blockAt(0)));
        Label block = new Label();
        to.align(32);
        to.bind(block);
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
            Mem scale = Mem.at(QUAD_ROWS, ActivationLayout.WORD * t).broadcast();
            for (int p = 0; p < PANELS; p++) {
                Vec sum = zmm(CODE.number() + p);
                to.vmovups(sum, y(t, p));
                to.vfmadd231ps(sum, part(t, p), scale);
                to.vmovups(y(t, p), sum);
            }
        }
        to.add(QUAD_ROWS, layout.quadBytes());
    }

    private void block() {
        for (int line = 0; prefetch > 0 && line < format.blockBytes(); line += 64) {
            to.prefetcht0(Mem.at(WEIGHTS, prefetch + line));
        }
        for (int g = 0; g < format.groups(); g++) {
            starts(g);
            int from = format.group() == 16 ? 4 * g : 0;
            for (int v = from; v < from + format.group() / 4; v++) {
                for (int p = 0; p < PANELS; p++) {
                    codes(p, v);
                }
                for (int t = 0; t < rows; t++) {
                    Vec input = t % 2 == 0 ? INPUT : OTHER;
                    to.vpbroadcastd(input, Mem.at(BLOCK_ROWS, TileFormat.BLOCK * t + 4 * v));
                    for (int p = 0; p < PANELS; p++) {
                        to.vpdpbusd(dot(t, p), zmm(CODE.number() + p), input);
                    }
                }
            }
            scale(g);
        }
        if (layout.sums() == ActivationLayout.Sums.FLOATS) {
            minimums();
        }
    }

    private void starts(int group) {
        for (int t = 0; t < rows; t++) {
            if (layout.hasStarts()) {
                int at = layout.startsAt(group) + ActivationLayout.WORD * t;
                to.vpbroadcastd(dot(t, 0), Mem.at(BLOCK_ROWS, at));
                to.vmovdqa32(dot(t, 1), dot(t, 0));
            } else {
                to.vpxord(dot(t, 0), dot(t, 0), dot(t, 0));
                to.vpxord(dot(t, 1), dot(t, 1), dot(t, 1));
            }
        }
    }

    /** Codes of inputs 4 v to 4 v + 3 of a panel, unsigned. */
    private void codes(int panel, int v) {
        Vec code = zmm(CODE.number() + panel);
        int start = panel * format.panelBytes();
        if (format.bits() == 8) {
            to.vmovdqu32(code, Mem.at(WEIGHTS, start + 64 * v));
            return;
        }
        int j = v % 4;
        Mem pair = Mem.at(WEIGHTS, start + 64 * j);
        if (v < 4) {
            to.vpandd(code, NIBBLES, pair);
        } else {
            to.vmovdqu32(code, pair);
            to.vpsrlw(code, code, 4);
            to.vpandd(code, code, NIBBLES);
        }
        if (format.isTable()) {
            to.vpshufb(code, LEVELS, code);
        }
        int planes = start + format.lowBytes();
        if (format.bits() == 5) {
            to.mov(BITS, Mem.at(WEIGHTS, planes + 8 * v));
            to.kmovq(Mask.K1, BITS);
            to.vpaddb(code.masked(Mask.K1), code, UPPER);
        } else if (format.bits() == 6) {
            Mem plane = Mem.at(WEIGHTS, planes + 64 * (v / 4));
            to.vmovdqu32(OTHER, plane);
            if (j < 2) {
                to.vpsllw(OTHER, OTHER, 4 - 2 * j);
            } else if (j == 3) {
                to.vpsrlw(OTHER, OTHER, 2);
            }
            to.vpternlogd(code, OTHER, UPPER, 0xf8); // code | (plane & upper)
        }
    }

    private void scale(int group) {
        for (int p = 0; p < PANELS; p++) {
            Vec scale = zmm(CODE.number() + p);
            if (format.isSuper()) {
                Mem bytes = Mem.at(SCALES, group * TileFormat.ROWS + TileFormat.LANES * p);
                if (format.isScaleSigned()) {
                    to.vpmovsxbd(scale, bytes);
                } else {
                    to.vpmovzxbd(scale, bytes);
                }
                to.vcvtdq2ps(scale, scale);
                to.vcvtph2ps(INPUT, Mem.at(HEAD, 32 * p));
                to.vmulps(scale, scale, INPUT);
            } else if (format.dtype() == DType.MXFP4) {
                to.vpmovzxwd(scale, Mem.at(WEIGHTS, format.codeBytes() + 32 * p));
                to.vpslld(scale, scale, 16);
            } else {
                to.vcvtph2ps(scale, Mem.at(WEIGHTS, format.codeBytes() + 32 * p));
            }
        }
        for (int t = 0; t < rows; t++) {
            for (int p = 0; p < PANELS; p++) {
                to.vcvtdq2ps(dot(t, p), dot(t, p));
                to.vfmadd231ps(part(t, p), dot(t, p), zmm(CODE.number() + p));
            }
        }
    }

    /** Minimums of a plain block, times the sums of codes. */
    private void minimums() {
        for (int p = 0; p < PANELS; p++) {
            int at = format.codeBytes() + 2 * TileFormat.ROWS + 32 * p;
            to.vcvtph2ps(CODE, Mem.at(WEIGHTS, at));
            for (int t = 0; t < rows; t++) {
                int sum = layout.floatsAt() + ActivationLayout.WORD * t;
                to.vfmadd231ps(part(t, p), CODE, Mem.at(BLOCK_ROWS, sum).broadcast());
            }
        }
    }

    private void pairedMinimums(int quad) {
        for (int p = 0; p < PANELS; p++) {
            for (int t = 0; t < rows; t++) {
                to.vpxord(dot(t, p), dot(t, p), dot(t, p));
            }
            for (int i = 0; i < layout.pairs(); i++) {
                int pair = quad * layout.pairs() + i;
                int at = format.minimumsAt() + 2 * TileFormat.ROWS * pair + 32 * p;
                to.vpmovzxbw(CODE, Mem.at(HEAD, at));
                for (int t = 0; t < rows; t++) {
                    int sums = layout.pairsAt(i) + ActivationLayout.WORD * t;
                    to.vpdpwssd(dot(t, p), CODE, Mem.at(QUAD_ROWS, sums).broadcast());
                }
            }
            to.vcvtph2ps(CODE, Mem.at(HEAD, 2 * TileFormat.ROWS + 32 * p));
            for (int t = 0; t < rows; t++) {
                to.vcvtdq2ps(dot(t, p), dot(t, p));
                to.vfnmadd231ps(part(t, p), dot(t, p), CODE);
            }
        }
    }

    private static Vec dot(int row, int panel) {
        return zmm(panel * MOST + row);
    }

    private static Vec part(int row, int panel) {
        return zmm((PANELS + panel) * MOST + row);
    }

    private static Mem y(int row, int panel) {
        Gpr base = row < 3 ? Y : LOWER_Y;
        int displacement = 64 * panel;
        return row % 3 == 0
                ? Mem.at(base, displacement)
                : Mem.at(base, STRIDE, row % 3, displacement);
    }
}

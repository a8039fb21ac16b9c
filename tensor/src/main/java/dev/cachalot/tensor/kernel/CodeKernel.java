package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.assembly.Gpr.R10;
import static dev.cachalot.tensor.assembly.Gpr.R11;
import static dev.cachalot.tensor.assembly.Gpr.R12;
import static dev.cachalot.tensor.assembly.Gpr.R13;
import static dev.cachalot.tensor.assembly.Gpr.R14;
import static dev.cachalot.tensor.assembly.Gpr.R15;
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
 * <p>One or two rows may go over two runs of tiles side by side, the second behind the first in
 * memory: a core reads two streams faster than one. The number of tiles is then that of one run.
 *
 * <p>For each quad of 128 inputs, a group's dot product is a whole number; {@code part = fma(dot,
 * scale, part)} over the quad's groups ascending, then minimums, and {@code y = fma(part, scale of
 * the row, y)}: the same whatever the number of rows.
 */
final class CodeKernel {
    /** Most rows that can go over {@link #STREAMS}: dots, parts and totals take 24 registers. */
    static final int WIDE_ROWS = 2;

    static final int STREAMS = 2;

    private static final Gpr WEIGHTS = RDI;
    private static final Gpr ROWS = RSI;
    private static final Gpr Y = RDX;
    private static final Gpr STRIDE = RCX;
    private static final Gpr BLOCKS = R8;
    private static final Gpr TILES = R9;
    private static final Gpr BLOCK_ROWS = R10; // the block's codes of rows
    private static final Gpr LEFT = R11; // blocks of the tile that are left
    private static final Gpr COUNT = RAX; // blocks of the quad that are left
    private static final Gpr LOWER_Y = RBX; // row 3, where there is one stream
    private static final Gpr NEXT_Y = RBX; // from the first stream's outputs to the second's
    private static final Gpr NEXT = R15; // to the second stream's weights, or to the next run's
    private static final Gpr QUAD_ROWS = RBP;
    private static final Gpr SCALES = R12;
    private static final Gpr HEAD = R13;
    private static final Gpr BITS = R14;

    private static final int PANELS = 2; // of a stream's tile
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
    private final int streams;
    private final int panels; // of all streams
    private final PrefetchCode prefetch;

    private CodeKernel(TileFormat format, int rows, int streams, PrefetchCode prefetch) {
        this.format = format;
        this.rows = rows;
        this.streams = streams;
        this.prefetch = prefetch;
        panels = PANELS * streams;
        layout = ActivationLayout.of(format, rows);
    }

    /** The code for {@code rows} rows at once, over one stream of weights. */
    static byte[] assemble(TileFormat format, int rows, PrefetchCode prefetch) {
        return assemble(new CodeKernel(format, rows, 1, prefetch));
    }

    /** As above for up to {@link #WIDE_ROWS} rows, over {@link #STREAMS} streams of weights. */
    static byte[] assembleWide(TileFormat format, int rows, PrefetchCode prefetch) {
        return assemble(new CodeKernel(format, rows, STREAMS, prefetch));
    }

    private static byte[] assemble(CodeKernel kernel) {
        kernel.write();
        return kernel.to.bytes();
    }

    private void write() {
        to.push(RBX);
        to.push(RBP);
        to.push(R12);
        to.push(R13);
        to.push(R14);
        to.push(R15);
        constants();
        distances();
        Label tile = new Label();
        to.bind(tile);
        startTotals();
        to.mov(QUAD_ROWS, ROWS);
        to.mov(LEFT, BLOCKS);
        Label quads = new Label();
        to.bind(quads);
        if (format.isSuper()) {
            prefetch(format.headBytes());
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
        if (isWide()) {
            storeTotals();
        } else {
            to.add(LOWER_Y, 4 * TileFormat.ROWS);
        }
        to.add(Y, 4 * TileFormat.ROWS);
        to.dec(TILES);
        to.jne(tile);
        to.pop(R15);
        to.pop(R14);
        to.pop(R13);
        to.pop(R12);
        to.pop(RBP);
        to.pop(RBX);
        to.vzeroupper();
        to.ret();
    }

    private boolean isWide() {
        return streams > 1;
    }

    /** What the tiles of a run take; then to its outputs' neighbours, or to the fourth row. */
    private void distances() {
        to.mov(NEXT, BLOCKS);
        if (format.isSuper()) {
            to.shr(NEXT, 3);
            to.imul(NEXT, NEXT, format.headBytes() + 8 * format.blockBytes());
        } else {
            to.imul(NEXT, NEXT, format.blockBytes());
        }
        to.imul(NEXT, TILES);
        if (isWide()) {
            to.imul(NEXT_Y, TILES, 4 * TileFormat.ROWS);
        } else {
            to.lea(LOWER_Y, Mem.at(STRIDE, STRIDE, 2));
            to.add(LOWER_Y, Y);
        }
    }

    private void startTotals() {
        if (!isWide()) {
            to.vpxord(OTHER, OTHER, OTHER);
        }
        for (int t = 0; t < rows; t++) {
            for (int p = 0; p < panels; p++) {
                if (isWide()) {
                    to.vpxord(total(t, p), total(t, p), total(t, p));
                } else {
                    to.vmovups(y(t, p), OTHER);
                }
            }
        }
    }

    private void storeTotals() {
        Gpr row = HEAD; // not needed between tiles
        to.mov(row, Y);
        for (int t = 0; t < rows; t++) {
            for (int p = 0; p < PANELS; p++) {
                to.vmovups(Mem.at(row, 64 * p), total(t, p));
                to.vmovups(Mem.at(row, NEXT_Y, 1, 64 * p), total(t, PANELS + p));
            }
            to.add(row, STRIDE);
        }
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
            for (int p = 0; p < panels; p++) {
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
            for (int p = 0; p < panels; p++) {
                if (isWide()) {
                    to.vfmadd231ps(total(t, p), part(t, p), scale);
                    continue;
                }
                Vec sum = zmm(CODE.number() + p);
                to.vmovups(sum, y(t, p));
                to.vfmadd231ps(sum, part(t, p), scale);
                to.vmovups(y(t, p), sum);
            }
        }
        to.add(QUAD_ROWS, layout.quadBytes());
    }

    private void block() {
        if (isWide() && !format.isSuper()) {
            prefetch(1); // the processor's own prefetching goes on from there, faster than asked
        } else {
            prefetch(format.blockBytes());
        }
        for (int g = 0; g < format.groups(); g++) {
            starts(g);
            if (isWide() && format.group() == TileFormat.BLOCK) {
                for (int p = 0; p < panels; p++) {
                    lines(p);
                }
            } else {
                int from = format.group() == 16 ? 4 * g : 0;
                for (int v = from; v < from + format.group() / 4; v++) {
                    for (int stream = 0; stream < streams; stream++) {
                        multiply(stream, v);
                    }
                }
            }
            for (int stream = 0; stream < streams; stream++) {
                scale(stream, g);
            }
        }
        if (layout.sums() == ActivationLayout.Sums.FLOATS) {
            minimums();
        }
    }

    private void prefetch(int bytes) {
        for (int stream = 0; stream < streams; stream++) {
            int of = prefetch.isNextRun() ? 1 : stream;
            prefetch.write(to, bytes, at -> weights(WEIGHTS, of, at));
        }
    }

    private void starts(int group) {
        for (int t = 0; t < rows; t++) {
            int at = layout.startsAt(group) + ActivationLayout.WORD * t;
            for (int p = 0; p < panels; p++) {
                if (!layout.hasStarts()) {
                    to.vpxord(dot(t, p), dot(t, p), dot(t, p));
                } else if (p == 0) {
                    to.vpbroadcastd(dot(t, p), Mem.at(BLOCK_ROWS, at));
                } else {
                    to.vmovdqa32(dot(t, p), dot(t, 0));
                }
            }
        }
    }

    /** A panel of a block, line by line as they lie in memory: each is read once. */
    private void lines(int panel) {
        int stream = panel / PANELS;
        int start = panel % PANELS * format.panelBytes();
        boolean isHalved = format.bits() < 8;
        Vec upper = zmm(CODE.number() + 1);
        for (int line = 0; line < (isHalved ? 4 : 8); line++) {
            to.vmovdqu32(CODE, weights(WEIGHTS, stream, start + 64 * line));
            if (isHalved) {
                to.vpsrlw(upper, CODE, 4);
                to.vpandd(CODE, CODE, NIBBLES);
                to.vpandd(upper, upper, NIBBLES);
                finish(CODE, stream, panel % PANELS, line);
                finish(upper, stream, panel % PANELS, line + 4);
            }
            for (int t = 0; t < rows; t++) {
                to.vpdpbusd(dot(t, panel), CODE, input(t, line));
                if (isHalved) {
                    to.vpdpbusd(dot(t, panel), upper, input(t, line + 4));
                }
            }
        }
    }

    private static Mem input(int row, int v) {
        return Mem.at(BLOCK_ROWS, TileFormat.BLOCK * row + 4 * v).broadcast();
    }

    /** Inputs 4 v to 4 v + 3 of all rows with a stream's tile. */
    private void multiply(int stream, int v) {
        for (int p = 0; p < PANELS; p++) {
            codes(stream, p, v);
        }
        for (int t = 0; t < rows; t++) {
            Vec input = t % 2 == 0 ? INPUT : OTHER;
            to.vpbroadcastd(input, Mem.at(BLOCK_ROWS, TileFormat.BLOCK * t + 4 * v));
            for (int p = 0; p < PANELS; p++) {
                to.vpdpbusd(dot(t, PANELS * stream + p), zmm(CODE.number() + p), input);
            }
        }
    }

    /** Codes of inputs 4 v to 4 v + 3 of a panel, unsigned. */
    private void codes(int stream, int panel, int v) {
        Vec code = zmm(CODE.number() + panel);
        int start = panel * format.panelBytes();
        if (format.bits() == 8) {
            to.vmovdqu32(code, weights(WEIGHTS, stream, start + 64 * v));
            return;
        }
        int j = v % 4;
        Mem pair = weights(WEIGHTS, stream, start + 64 * j);
        if (v < 4) {
            to.vpandd(code, NIBBLES, pair);
        } else {
            to.vmovdqu32(code, pair);
            to.vpsrlw(code, code, 4);
            to.vpandd(code, code, NIBBLES);
        }
        finish(code, stream, panel, v);
    }

    /** From the lower four bits to the code. */
    private void finish(Vec code, int stream, int panel, int v) {
        int j = v % 4;
        if (format.isTable()) {
            to.vpshufb(code, LEVELS, code);
        }
        int planes = panel * format.panelBytes() + format.lowBytes();
        if (format.bits() == 5) {
            to.mov(BITS, weights(WEIGHTS, stream, planes + 8 * v));
            to.kmovq(Mask.K1, BITS);
            to.vpaddb(code.masked(Mask.K1), code, UPPER);
        } else if (format.bits() == 6) {
            Mem plane = weights(WEIGHTS, stream, planes + 64 * (v / 4));
            to.vmovdqu32(OTHER, plane);
            if (j < 2) {
                to.vpsllw(OTHER, OTHER, 4 - 2 * j);
            } else if (j == 3) {
                to.vpsrlw(OTHER, OTHER, 2);
            }
            to.vpternlogd(code, OTHER, UPPER, 0xf8); // code | (plane & upper)
        }
    }

    private void scale(int stream, int group) {
        for (int p = 0; p < PANELS; p++) {
            Vec scale = zmm(CODE.number() + p);
            if (format.isSuper()) {
                int at = group * TileFormat.ROWS + TileFormat.LANES * p;
                Mem bytes = weights(SCALES, stream, at);
                if (format.isScaleSigned()) {
                    to.vpmovsxbd(scale, bytes);
                } else {
                    to.vpmovzxbd(scale, bytes);
                }
                to.vcvtdq2ps(scale, scale);
                to.vcvtph2ps(INPUT, weights(HEAD, stream, 32 * p));
                to.vmulps(scale, scale, INPUT);
            } else if (format.dtype() == DType.MXFP4) {
                to.vpmovzxwd(scale, weights(WEIGHTS, stream, format.codeBytes() + 32 * p));
                to.vpslld(scale, scale, 16);
            } else {
                to.vcvtph2ps(scale, weights(WEIGHTS, stream, format.codeBytes() + 32 * p));
            }
        }
        for (int t = 0; t < rows; t++) {
            for (int p = 0; p < PANELS; p++) {
                int panel = PANELS * stream + p;
                to.vcvtdq2ps(dot(t, panel), dot(t, panel));
                to.vfmadd231ps(part(t, panel), dot(t, panel), zmm(CODE.number() + p));
            }
        }
    }

    /** Minimums of a plain block, times the sums of codes. */
    private void minimums() {
        for (int p = 0; p < panels; p++) {
            int at = format.codeBytes() + 2 * TileFormat.ROWS + 32 * (p % PANELS);
            to.vcvtph2ps(CODE, weights(WEIGHTS, p / PANELS, at));
            for (int t = 0; t < rows; t++) {
                int sum = layout.floatsAt() + ActivationLayout.WORD * t;
                to.vfmadd231ps(part(t, p), CODE, Mem.at(BLOCK_ROWS, sum).broadcast());
            }
        }
    }

    private void pairedMinimums(int quad) {
        for (int p = 0; p < panels; p++) {
            for (int t = 0; t < rows; t++) {
                to.vpxord(dot(t, p), dot(t, p), dot(t, p));
            }
            for (int i = 0; i < layout.pairs(); i++) {
                int pair = quad * layout.pairs() + i;
                int at = format.minimumsAt() + 2 * TileFormat.ROWS * pair + 32 * (p % PANELS);
                to.vpmovzxbw(CODE, weights(HEAD, p / PANELS, at));
                for (int t = 0; t < rows; t++) {
                    int sums = layout.pairsAt(i) + ActivationLayout.WORD * t;
                    to.vpdpwssd(dot(t, p), CODE, Mem.at(QUAD_ROWS, sums).broadcast());
                }
            }
            int least = 2 * TileFormat.ROWS + 32 * (p % PANELS);
            to.vcvtph2ps(CODE, weights(HEAD, p / PANELS, least));
            for (int t = 0; t < rows; t++) {
                to.vcvtdq2ps(dot(t, p), dot(t, p));
                to.vfnmadd231ps(part(t, p), dot(t, p), CODE);
            }
        }
    }

    private Vec dot(int row, int panel) {
        return zmm(panel * rows + row);
    }

    private Vec part(int row, int panel) {
        return zmm((panels + panel) * rows + row);
    }

    /** What {@code y} will hold, where there are several streams. */
    private Vec total(int row, int panel) {
        return zmm((2 * panels + panel) * rows + row);
    }

    /** Of a stream's weights, or of the next run's, from an address of the first stream's. */
    private Mem weights(Gpr base, int stream, int displacement) {
        return stream == 0 ? Mem.at(base, displacement) : Mem.at(base, NEXT, 1, displacement);
    }

    private static Mem y(int row, int panel) {
        Gpr base = row < 3 ? Y : LOWER_Y;
        int displacement = 64 * panel;
        return row % 3 == 0
                ? Mem.at(base, displacement)
                : Mem.at(base, STRIDE, row % 3, displacement);
    }
}

package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.assembly.Vec.zmm;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cachalot.tensor.assembly.Assembler;
import dev.cachalot.tensor.assembly.CodePages;
import dev.cachalot.tensor.assembly.CpuFeatures;
import dev.cachalot.tensor.assembly.Gpr;
import dev.cachalot.tensor.assembly.Label;
import dev.cachalot.tensor.assembly.Mem;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Machine code of {@link Tile}'s two operations, over numbers of 32 bits that are one float or a
 * pair of BF16. Everything lies in heap arrays; a call takes microseconds, so it holds up no
 * garbage collection.
 */
final class ProductCode {
    /** Rows of the widest tile: 24 sums, two vectors of the right matrix, six of the left. */
    static final int MOST_ROWS = 12;

    /** From row to row of a strided left matrix; not a power of two: those collide in the cache. */
    static final int STRIDE = Tile.DEPTH + 16;

    private static final int UNROLLED = 4;
    private static final int LANES = 16;
    private static final int PANEL = Tile.PANEL;
    private static final int RIGHT = 2 * MOST_ROWS; // the first register after the sums
    private static final int LEFT = RIGHT + 2;

    /** What a step of a chain does. */
    enum Arithmetic {
        /** One fused multiply-add of floats. */
        FLOATS,
        /** Two multiply-adds of BF16 into a float. */
        PAIRS
    }

    /** How the left matrix lies. */
    enum Left {
        /** Row i at {@code i * STRIDE}. */
        STRIDED(4 * STRIDE, 4),
        /** Step p at {@code p * PANEL}. */
        INTERLEAVED(4, 4 * PANEL);

        final int rowBytes;
        final int stepBytes;

        Left(int rowBytes, int stepBytes) {
            this.rowBytes = rowBytes;
            this.stepBytes = stepBytes;
        }
    }

    @SuppressWarnings("restricted") // the routines are ours, and their arguments checked
    private static final MethodHandle CALL =
            Linker.nativeLinker()
                    .downcallHandle(
                            FunctionDescriptor.ofVoid(
                                    ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG),
                            Linker.Option.critical(true));

    private static final class Held {
        static final ProductCode ALL = new ProductCode();
    }

    private final List<MemorySegment> places = new ArrayList<>();

    private ProductCode() {
        List<byte[]> codes = new ArrayList<>();
        for (Arithmetic arithmetic : Arithmetic.values()) {
            if (arithmetic == Arithmetic.PAIRS && !runsPairs()) {
                break; // they come last
            }
            for (Left left : Left.values()) {
                for (int vectors = 1; vectors <= 2; vectors++) {
                    for (int rows = 1; rows <= MOST_ROWS; rows++) {
                        codes.add(tile(arithmetic, left, rows, vectors));
                    }
                }
            }
        }
        if (runsPairs()) {
            codes.add(roundRow());
            codes.add(roundPanel());
        }
        CodePages pages = CodePages.load(codes);
        for (int i = 0; i < codes.size(); i++) {
            places.add(pages.routine(i));
        }
    }

    /** Whether this CPU has the products of BF16. */
    static boolean runsPairs() {
        CpuFeatures cpu = CpuFeatures.detect();
        return cpu.runsAvx512Vnni() && cpu.avx512bf16();
    }

    /**
     * Code for (left, right, result, steps, bytes from row to row of the result): {@code rows} by
     * {@code vectors} sums, each one chain.
     */
    private static byte[] tile(Arithmetic arithmetic, Left left, int rows, int vectors) {
        Assembler to = new Assembler();
        to.mov(Gpr.R9, Gpr.RDX);
        for (int i = 0; i < rows; i++) {
            for (int v = 0; v < vectors; v++) {
                to.vmovups(zmm(2 * i + v), Mem.at(Gpr.R9, 64 * v));
            }
            to.add(Gpr.R9, Gpr.R8);
        }
        Label one = new Label();
        Label done = new Label();
        to.sub(Gpr.RCX, UNROLLED);
        to.jl(one);
        to.align(64);
        Label many = to.here();
        for (int u = 0; u < UNROLLED; u++) {
            step(to, arithmetic, left, rows, vectors, u);
        }
        to.add(Gpr.RDI, UNROLLED * left.stepBytes);
        to.add(Gpr.RSI, UNROLLED * 4 * PANEL);
        to.sub(Gpr.RCX, UNROLLED);
        to.jge(many);
        to.bind(one);
        to.add(Gpr.RCX, UNROLLED);
        to.je(done);
        Label next = to.here();
        step(to, arithmetic, left, rows, vectors, 0);
        to.add(Gpr.RDI, left.stepBytes);
        to.add(Gpr.RSI, 4 * PANEL);
        to.dec(Gpr.RCX);
        to.jne(next);
        to.bind(done);
        for (int i = 0; i < rows; i++) {
            for (int v = 0; v < vectors; v++) {
                to.vmovups(Mem.at(Gpr.RDX, 64 * v), zmm(2 * i + v));
            }
            to.add(Gpr.RDX, Gpr.R8);
        }
        to.vzeroupper();
        to.ret();
        return to.bytes();
    }

    /** The {@code u}th step from where the registers point. */
    private static void step(
            Assembler to, Arithmetic arithmetic, Left left, int rows, int vectors, int u) {
        for (int v = 0; v < vectors; v++) {
            to.vmovups(zmm(RIGHT + v), Mem.at(Gpr.RSI, 4 * PANEL * u + 64 * v));
        }
        for (int i = 0; i < rows; i++) {
            int one = LEFT + i % 6;
            to.vbroadcastss(zmm(one), Mem.at(Gpr.RDI, i * left.rowBytes + u * left.stepBytes));
            for (int v = 0; v < vectors; v++) {
                switch (arithmetic) {
                    case FLOATS -> to.vfmadd231ps(zmm(2 * i + v), zmm(one), zmm(RIGHT + v));
                    case PAIRS -> to.vdpbf16ps(zmm(2 * i + v), zmm(one), zmm(RIGHT + v));
                }
            }
        }
    }

    /** Code for (floats, -, pairs, times 32 floats, -): neighbours of a row make a pair. */
    private static byte[] roundRow() {
        Assembler to = new Assembler();
        Label next = to.here();
        to.vmovups(zmm(0), Mem.at(Gpr.RDI, 64));
        to.vcvtne2ps2bf16(zmm(0), zmm(0), Mem.at(Gpr.RDI));
        to.vmovups(Mem.at(Gpr.RDX), zmm(0));
        to.add(Gpr.RDI, 128);
        to.add(Gpr.RDX, 64);
        to.dec(Gpr.RCX);
        to.jne(next);
        to.vzeroupper();
        to.ret();
        return to.bytes();
    }

    /** Code for (panel of floats, -, panel of pairs, steps, -): neighbours of a column. */
    private static byte[] roundPanel() {
        Assembler to = new Assembler();
        Label order = new Label();
        to.vmovups(zmm(2), Mem.of(order));
        Label next = to.here();
        for (int v = 0; v < 2; v++) {
            to.vmovups(zmm(0), Mem.at(Gpr.RDI, 4 * PANEL + 64 * v));
            to.vcvtne2ps2bf16(zmm(0), zmm(0), Mem.at(Gpr.RDI, 64 * v));
            to.vpermw(zmm(0), zmm(2), zmm(0));
            to.vmovups(Mem.at(Gpr.RDX, 64 * v), zmm(0));
        }
        to.add(Gpr.RDI, 8 * PANEL);
        to.add(Gpr.RDX, 4 * PANEL);
        to.dec(Gpr.RCX);
        to.jne(next);
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
     * As {@link Tile}: adds to {@code rows} by {@code width} (at most PANEL) sums at {@code co},
     * row i at {@code co + i * ldc}. Whole vectors are computed: {@code c} has room for them.
     *
     * @param steps of a chain, at most {@link Tile#DEPTH} if the left matrix is strided
     */
    static void add(
            Arithmetic arithmetic,
            Left left,
            float[] a,
            int ao,
            float[] b,
            int bo,
            int steps,
            float[] c,
            int co,
            int ldc,
            int rows,
            int width) {
        if (steps == 0 || rows == 0) {
            return;
        }
        int vectors = width > LANES ? 2 : 1;
        Objects.checkFromIndexSize(bo, steps * PANEL, b.length);
        Objects.checkFromIndexSize(co, (rows - 1) * ldc + vectors * LANES, c.length);
        Objects.checkFromIndexSize(
                ao, ((rows - 1) * left.rowBytes + (steps - 1) * left.stepBytes) / 4 + 1, a.length);
        MemorySegment right = MemorySegment.ofArray(b).asSlice(4L * bo);
        MemorySegment lefts = MemorySegment.ofArray(a);
        MemorySegment result = MemorySegment.ofArray(c);
        int kind =
                ((arithmetic == Arithmetic.FLOATS ? 0 : 2) + (left == Left.STRIDED ? 0 : 1)) * 2
                        + vectors
                        - 1;
        for (int i = 0; i < rows; i += MOST_ROWS) {
            int count = Math.min(MOST_ROWS, rows - i);
            call(
                    Held.ALL.places.get(kind * MOST_ROWS + count - 1),
                    lefts.asSlice(4L * ao + (long) i * left.rowBytes),
                    right,
                    result.asSlice(4L * (co + i * ldc)),
                    steps,
                    4L * ldc);
        }
    }

    /** Rounds 32 * {@code times} floats to pairs of neighbours: 16 * times numbers. */
    static void roundRow(float[] from, int start, int times, float[] to, int at) {
        round(0, from, start, 32 * times, to, at, 16 * times, times);
    }

    /** Rounds rows of a panel, two and two: row p of the result is rows 2 p and 2 p + 1. */
    static void roundPanel(float[] from, int start, int pairs, float[] to, int at) {
        round(1, from, start, 2 * PANEL * pairs, to, at, PANEL * pairs, pairs);
    }

    private static void round(
            int which,
            float[] from,
            int start,
            int size,
            float[] to,
            int at,
            int toSize,
            int times) {
        Objects.checkFromIndexSize(start, size, from.length);
        Objects.checkFromIndexSize(at, toSize, to.length);
        if (times == 0) {
            return;
        }
        MemorySegment floats = MemorySegment.ofArray(from).asSlice(4L * start);
        MemorySegment pairs = MemorySegment.ofArray(to).asSlice(4L * at);
        List<MemorySegment> places = Held.ALL.places;
        call(places.get(places.size() - 2 + which), floats, floats, pairs, times, 0);
    }

    private static void call(
            MemorySegment code,
            MemorySegment a,
            MemorySegment b,
            MemorySegment c,
            long steps,
            long rowBytes) {
        try {
            CALL.invokeExact(code, a, b, c, steps, rowBytes);
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable impossible) {
            throw new IllegalStateException("machine code does not throw", impossible);
        }
    }
}

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
import dev.cachalot.tensor.assembly.Gpr;
import dev.cachalot.tensor.assembly.Label;
import dev.cachalot.tensor.assembly.Mem;
import dev.cachalot.tensor.assembly.Vec;

/** Writes the machine code of loops that show what a CPU with AVX-512 can do at most. */
final class CeilingKernel {
    /** Fits into registers with its operands, and hides the latency of any CPU's units. */
    static final int ACCUMULATORS = 24;

    private static final int LINE = 64;
    private static final int LINES = 4; // of an iteration of reading at least, all streams together
    private static final Vec LEFT = zmm(30);
    private static final Vec RIGHT = zmm(31);

    /** What a loop asks for before it needs it. */
    enum Prefetch {
        NONE("no prefetch"),
        ALL("prefetch into all caches"),
        /** Not into the first one. */
        SECOND("prefetch into the second cache"),
        /** Into the first cache only. */
        ONCE("prefetch into the first cache");

        private final String says;

        Prefetch(String says) {
            this.says = says;
        }

        String says() {
            return says;
        }
    }

    /** An instruction {@code sum += left * right} and the one that adds two sums. */
    enum Multiply {
        FLOATS,
        BYTES,
        BRAINS
    }

    /**
     * Sums the 64-bit words of memory. Called with (address, bytes, place of the 8 lanes' sums);
     * bytes are a multiple of 1024.
     *
     * @param streams 1, 2, 4 or 8 equal parts that are read side by side
     * @param ahead bytes from what is read to what is prefetched
     */
    static byte[] read(int streams, Prefetch prefetch, int ahead) {
        Assembler to = new Assembler();
        Gpr[] offsets = {R8, R9, R10}; // of streams from the first, or from the fifth
        int all = Math.max(LINES, streams);
        int lines = all / streams;
        to.shr(RSI, Integer.numberOfTrailingZeros(streams));
        to.lea(RCX, Mem.at(RDI, RSI, 1));
        to.lea(RAX, Mem.at(RDI, RSI, 4));
        to.mov(R8, RSI);
        to.lea(R9, Mem.at(RSI, RSI, 1));
        to.lea(R10, Mem.at(R9, RSI, 1));
        for (int i = 0; i < all; i++) {
            to.vpxord(zmm(i), zmm(i), zmm(i));
        }
        to.align(LINE);
        Label loop = to.here();
        for (int i = 0; i < all; i++) {
            int stream = i / lines;
            Gpr first = stream < 4 ? RDI : RAX;
            Mem at = stream % 4 == 0 ? Mem.at(first) : Mem.at(first, offsets[stream % 4 - 1], 1);
            Mem line = at.plus(i % lines * LINE);
            switch (prefetch) {
                case NONE -> {}
                case ALL -> to.prefetcht0(line.plus(ahead));
                case SECOND -> to.prefetcht1(line.plus(ahead));
                case ONCE -> to.prefetchnta(line.plus(ahead));
            }
            to.vpaddq(zmm(i), zmm(i), line);
        }
        to.add(RDI, lines * LINE);
        to.add(RAX, lines * LINE);
        to.cmp(RDI, RCX);
        to.jb(loop);
        for (int i = 1; i < all; i++) {
            to.vpaddq(zmm(0), zmm(0), zmm(i));
        }
        to.vmovdqu64(Mem.at(RDX), zmm(0));
        to.vzeroupper();
        to.ret();
        return to.bytes();
    }

    /**
     * Adds the products of two vectors to {@value #ACCUMULATORS} sums, again and again. Called with
     * (iterations, 32 bits of the left vector, 32 bits of the right one, place of the 16 lanes'
     * sums).
     */
    static byte[] multiplyAdds(Multiply what) {
        Assembler to = new Assembler();
        to.vpbroadcastd(LEFT, RSI);
        to.vpbroadcastd(RIGHT, RDX);
        for (int i = 0; i < ACCUMULATORS; i++) {
            to.vpxord(zmm(i), zmm(i), zmm(i));
        }
        to.align(LINE);
        Label loop = to.here();
        for (int i = 0; i < ACCUMULATORS; i++) {
            switch (what) {
                case FLOATS -> to.vfmadd231ps(zmm(i), LEFT, RIGHT);
                case BYTES -> to.vpdpbusd(zmm(i), LEFT, RIGHT);
                case BRAINS -> to.vdpbf16ps(zmm(i), LEFT, RIGHT);
            }
        }
        to.dec(RDI);
        to.jne(loop);
        for (int i = 1; i < ACCUMULATORS; i++) {
            if (what == Multiply.BYTES) {
                to.vpaddd(zmm(0), zmm(0), zmm(i));
            } else {
                to.vaddps(zmm(0), zmm(0), zmm(i));
            }
        }
        to.vmovdqu64(Mem.at(RCX), zmm(0));
        to.vzeroupper();
        to.ret();
        return to.bytes();
    }

    private CeilingKernel() {}
}

package dev.cachalot.tensor.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cachalot.tensor.assembly.CodePages;
import dev.cachalot.tensor.assembly.CpuFeatures;
import dev.cachalot.tensor.kernel.ArithmeticCeiling.Numbers;
import dev.cachalot.tensor.kernel.CeilingKernel.Multiply;
import dev.cachalot.tensor.kernel.CeilingKernel.Prefetch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The assembled loops of ceilings, where the assembled rung runs: written once, on first use, never
 * given back.
 */
final class CeilingCode {
    private static final int[] STREAMS = {1, 2, 4, 8};
    private static final int AHEAD = 2048; // bytes
    private static final int LANES = 16; // of 32 bits

    /** Operands of each product: small whole numbers, so that sums are exact. */
    private static final int TWOS = 0x02020202;

    private static final int ONES = 0x01010101;
    private static final int BRAIN_ONES = 0x3f803f80;

    private record Read(String says, MemorySegment code) implements ReadCeiling {
        @Override
        public long sum(MemorySegment memory, long from, long count) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment sums = arena.allocate(JAVA_LONG, LANES / 2);
                long address = memory.asSlice(from, count).address();
                Routines.call(code, address, count, sums.address(), 0, 0, 0);
                long sum = 0;
                for (int i = 0; i < LANES / 2; i++) {
                    sum += sums.getAtIndex(JAVA_LONG, i);
                }
                return sum;
            }
        }
    }

    private static final class Held {
        static final CeilingCode ALL = new CeilingCode();
    }

    private final List<ReadCeiling> reads = new ArrayList<>();
    private final List<ArithmeticCeiling> arithmetic = new ArrayList<>();

    private CeilingCode() {
        List<byte[]> codes = new ArrayList<>();
        List<String> says = new ArrayList<>();
        for (Prefetch prefetch : Prefetch.values()) {
            for (int streams : STREAMS) {
                codes.add(CeilingKernel.read(streams, prefetch, AHEAD));
                says.add(
                        "assembled code, %d stream%s, %s"
                                .formatted(streams, streams == 1 ? "" : "s", prefetch.says()));
            }
        }
        int firstProduct = codes.size();
        for (Multiply multiply : Multiply.values()) {
            codes.add(CeilingKernel.multiplyAdds(multiply));
        }
        CodePages pages = CodePages.load(codes);
        for (int i = 0; i < firstProduct; i++) {
            reads.add(new Read(says.get(i), pages.routine(i)));
        }
        int one = Float.floatToRawIntBits(1);
        arithmetic.add(floats(pages.routine(firstProduct), Numbers.FP32, "vfmadd231ps", 1, one));
        arithmetic.add(bytes(pages.routine(firstProduct + 1)));
        if (CpuFeatures.detect().avx512bf16()) {
            arithmetic.add(
                    floats(
                            pages.routine(firstProduct + 2),
                            Numbers.BF16,
                            "vdpbf16ps",
                            2,
                            BRAIN_ONES));
        }
    }

    /** None on a CPU without AVX-512 VNNI. */
    static List<ReadCeiling> reads() {
        return isSupported() ? Held.ALL.reads : List.of();
    }

    /** None on a CPU without AVX-512 VNNI. */
    static List<ArithmeticCeiling> arithmetic() {
        return isSupported() ? Held.ALL.arithmetic : List.of();
    }

    private static boolean isSupported() {
        return CpuFeatures.detect().runsAvx512Vnni();
    }

    private static ArithmeticCeiling floats(
            MemorySegment code, Numbers numbers, String says, int perLane, int operand) {
        return new ArithmeticCeiling(
                numbers,
                says,
                iterations -> done(iterations, perLane),
                iterations -> {
                    try (Arena arena = Arena.ofConfined()) {
                        MemorySegment sums = run(code, iterations, operand, operand, arena);
                        double sum = 0;
                        for (int i = 0; i < LANES; i++) {
                            sum += sums.getAtIndex(JAVA_FLOAT, i);
                        }
                        return sum;
                    }
                });
    }

    private static ArithmeticCeiling bytes(MemorySegment code) {
        return new ArithmeticCeiling(
                Numbers.INT8,
                "vpdpbusd",
                iterations -> done(iterations, 4),
                iterations -> {
                    try (Arena arena = Arena.ofConfined()) {
                        MemorySegment sums = run(code, iterations, TWOS, ONES, arena);
                        double sum = 0;
                        for (int i = 0; i < LANES; i++) {
                            sum += sums.getAtIndex(JAVA_INT, i);
                        }
                        return sum;
                    }
                });
    }

    private static long done(int iterations, int perLane) {
        return (long) iterations * CeilingKernel.ACCUMULATORS * LANES * perLane;
    }

    private static MemorySegment run(
            MemorySegment code, int iterations, int left, int right, Arena arena) {
        MemorySegment sums = arena.allocate(JAVA_INT, LANES);
        Routines.call(code, iterations, left, right, sums.address(), 0, 0);
        return sums;
    }
}

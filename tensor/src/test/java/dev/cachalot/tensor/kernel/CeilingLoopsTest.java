package dev.cachalot.tensor.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.assembly.CpuFeatures;
import dev.cachalot.tensor.kernel.ArithmeticCeiling.Numbers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A ceiling is one only if its loop does all that it is counted for. */
class CeilingLoopsTest {
    private static final int BYTES = 64 << 10;

    @Test
    void everyLoopThatReadsSumsEveryWord() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(BYTES, 64);
            SplittableRandom random = new SplittableRandom(1);
            for (long at = 0; at < BYTES; at += 8) {
                memory.set(ValueLayout.JAVA_LONG, at, random.nextLong());
            }
            for (ReadCeiling each : ReadCeiling.all()) {
                for (int count = 1024; count <= 8192; count += 1024) {
                    long from = 4096;
                    long expected = 0;
                    for (long at = from; at < from + count; at += 8) {
                        expected += memory.get(ValueLayout.JAVA_LONG, at);
                    }
                    assertThat(each.sum(memory, from, count))
                            .as("%s, %d bytes", each.says(), count)
                            .isEqualTo(expected);
                }
            }
        }
    }

    private static List<String> says(Numbers numbers) {
        return ArithmeticCeiling.of(numbers).stream().map(ArithmeticCeiling::says).toList();
    }

    @Test
    void assembledLoopsAreMeasuredBesideTheOthersWhereTheyRun() {
        assumeTrue(Rung.ASSEMBLED.unsupported().isEmpty(), "the assembled rung runs here");
        assertThat(ReadCeiling.all().stream().map(ReadCeiling::says).distinct())
                .hasSizeGreaterThan(VectorReads.values().length)
                .hasSameSizeAs(ReadCeiling.all());
        assertThat(says(Numbers.FP32)).contains("vfmadd231ps").hasSize(2);
        assertThat(says(Numbers.INT8)).contains("vpdpbusd").hasSize(2);
        assertThat(says(Numbers.BF16))
                .isEqualTo(CpuFeatures.detect().avx512bf16() ? List.of("vdpbf16ps") : List.of());
    }

    /** Operands are small whole numbers, so that the sum of all lanes tells how much was done. */
    @Test
    void assembledLoopsDoAsManyMultiplyAddsAsAreCounted() {
        assumeTrue(Rung.ASSEMBLED.unsupported().isEmpty(), "the assembled rung runs here");
        for (Numbers numbers : Numbers.values()) {
            for (ArithmeticCeiling each : ArithmeticCeiling.of(numbers)) {
                if (each.says().startsWith("v") && !each.says().startsWith("vector")) {
                    double product = numbers == Numbers.INT8 ? 2 : 1;
                    for (int iterations : new int[] {1, 2, 1001}) {
                        assertThat(each.loop().applyAsDouble(iterations))
                                .as(each.says())
                                .isEqualTo(product * each.done().applyAsLong(iterations));
                    }
                }
            }
        }
    }

    @Test
    void vectorLoopsDependOnEveryIteration() {
        for (Numbers numbers : List.of(Numbers.FP32, Numbers.INT8)) {
            ArithmeticCeiling loop = ArithmeticCeiling.of(numbers).getFirst();
            assertThat(loop.says()).startsWith("vector code");
            assertThat(loop.loop().applyAsDouble(101))
                    .isNotCloseTo(loop.loop().applyAsDouble(100), within(1e-3));
            assertThat(loop.done().applyAsLong(200)).isEqualTo(2 * loop.done().applyAsLong(100));
        }
    }
}

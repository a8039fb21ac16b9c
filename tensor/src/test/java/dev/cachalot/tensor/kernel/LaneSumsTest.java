package dev.cachalot.tensor.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.testing.Cases;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Sums over lanes have one order, whether the code is interpreted or compiled. */
class LaneSumsTest {

    @Test
    void lanesOfADotProductAreAddedFirstToLast() {
        int half = Lanes.L / 2;
        Cases.forAll(
                3000, // enough calls for every stage of compilation
                random -> {
                    float[] x = new float[Lanes.L];
                    double[] squares = new double[Lanes.L];
                    for (int i = 0; i < x.length; i++) {
                        x[i] = (float) Math.scalb(random.nextDouble(-1, 1), random.nextInt(30));
                        squares[i] = (double) x[i] * x[i];
                    }
                    double expected = 0;
                    for (int i = 0; i < half; i++) {
                        expected += squares[i] + squares[half + i];
                    }
                    assertThat(Runs.dot(x, x, x.length)).isEqualTo(expected);
                    try (Arena arena = Arena.ofConfined()) {
                        MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_FLOAT, x);
                        assertThat(Runs.dot(memory, 0, memory, 0, x.length)).isEqualTo(expected);
                    }
                });
    }

    @Test
    void lanesOfASumOfExponentialsAreAddedFirstToLast() {
        Cases.forAll(
                3000,
                random -> {
                    float[] x = new float[Lanes.L];
                    for (int i = 0; i < x.length; i++) {
                        x[i] = (float) random.nextDouble(-5, 0);
                    }
                    try (Arena arena = Arena.ofConfined()) {
                        MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_FLOAT, x);
                        double expected = 0;
                        for (float each : Lanes.exp(Lanes.load(memory, 0)).toArray()) {
                            expected += each;
                        }
                        assertThat(VectorLosses.sumOfExponentials(memory, 0, x.length, 0))
                                .isEqualTo(expected);
                    }
                });
    }
}

package dev.cachalot.tensor.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

class LanesTest {
    private static final double MOST_ULPS = 1.5;

    private static float exp(float x) {
        float[] lanes = new float[Lanes.L];
        Arrays.fill(lanes, x);
        Lanes.exp(FloatVector.fromArray(Lanes.F, lanes, 0)).intoArray(lanes, 0);
        for (float lane : lanes) {
            assertThat(Float.compare(lane, lanes[0])).isZero(); // also of NaN
        }
        return lanes[0];
    }

    @Test
    void exponentialsAreWithinOneAndAHalfUlps() {
        for (int i = -103_000; i <= 88_700; i++) {
            float x = i * 1e-3f;
            double exact = Math.exp(x);
            double ulp = Math.ulp((float) exact);
            assertThat(Math.abs(exp(x) - exact) / ulp).as("exp(%s)", x).isLessThan(MOST_ULPS);
        }
    }

    @Test
    void exponentialsReachTheirLimits() {
        assertThat(exp(0)).isOne();
        assertThat(exp(-0f)).isOne();
        assertThat(exp(Float.NEGATIVE_INFINITY)).isZero();
        assertThat(exp(-104)).isZero();
        assertThat(exp(-1e30f)).isZero();
        assertThat(exp(89)).isInfinite();
        assertThat(exp(Float.POSITIVE_INFINITY)).isInfinite();
        assertThat(exp(Float.NaN)).isNaN();
    }

    @Test
    void orderedBitsAreOrderedAsFloatsAre() {
        float[] rising = {
            Float.NEGATIVE_INFINITY,
            -3e38f,
            -1,
            -Float.MIN_VALUE,
            -0f,
            0,
            Float.MIN_VALUE,
            2,
            Float.POSITIVE_INFINITY
        };
        int[] bits = new int[Lanes.L];
        int before = Integer.MIN_VALUE;
        for (float x : rising) {
            Lanes.ordered(Lanes.splat(x)).intoArray(bits, 0);
            assertThat(bits[0]).as("%s", x).isGreaterThan(before);
            before = bits[0];
            float[] back = new float[Lanes.L];
            Lanes.floats(Lanes.ordered(Lanes.splat(x))).intoArray(back, 0);
            assertThat(back[0]).isEqualTo(x);
        }
    }
}

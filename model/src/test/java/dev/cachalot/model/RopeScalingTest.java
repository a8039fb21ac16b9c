package dev.cachalot.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RopeScalingTest {
    private static final double THETA = 500_000;
    private static final int WIDTH = 128;

    private static double[] frequencies(RopeScaling scaling) {
        return new RopeConfig(THETA, Optional.of(scaling)).frequencies(WIDTH);
    }

    private static double[] plain() {
        return new RopeConfig(THETA, Optional.empty()).frequencies(WIDTH);
    }

    /** The three cases of modeling_rope_utils.py, written out. */
    @Test
    void llama3SlowsLongWavesOnly() {
        double[] scaled = frequencies(new RopeScaling.Llama3(8, 1, 4, 8192));
        int between = 0;
        for (int i = 0; i < WIDTH / 2; i++) {
            double frequency = plain()[i];
            double wave = 2 * Math.PI / frequency;
            double expected;
            if (wave < 8192 / 4.0) {
                expected = frequency;
            } else if (wave > 8192) {
                expected = frequency / 8;
            } else {
                double smooth = (8192 / wave - 1) / (4 - 1);
                expected = (1 - smooth) * frequency / 8 + smooth * frequency;
                between++;
            }
            assertThat(scaled[i]).isCloseTo(expected, within(1e-12 * expected));
        }
        assertThat(between).isPositive();
    }

    @Test
    void divisorsAndOneFactorDivide() {
        List<Float> divisors = new java.util.ArrayList<>();
        for (int i = 0; i < WIDTH / 2; i++) {
            divisors.add(1f + i);
        }
        double[] scaled = frequencies(new RopeScaling.Divisors(divisors));
        double[] halved = frequencies(new RopeScaling.Linear(2));
        for (int i = 0; i < WIDTH / 2; i++) {
            assertThat(scaled[i]).isEqualTo(plain()[i] / (1 + i));
            assertThat(halved[i]).isEqualTo(plain()[i] / 2);
        }
        assertThatThrownBy(() -> frequencies(new RopeScaling.Divisors(List.of(1f))))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("1 numbers for 64 rotated pairs");
    }

    /** DeepSeek-R1-0528-Qwen3-8B states attn_factor so that nothing is scaled in the end. */
    @Test
    void factorOnTheTableIsTimesWhatFollows() {
        RopeScaling.Yarn yarn = new RopeScaling.Yarn(4, 32_768, 32, 1, 1, 0);
        assertThat(yarn.tableFactor()).isCloseTo(0.1 * Math.log(4) + 1, within(1e-15));
        assertThat(yarn.attentionFactor()).isEqualTo(1);
        RopeScaling.Yarn even = yarn.timesTable(0.8782488562869419);
        assertThat(even.tableFactor()).isCloseTo(1, within(1e-12));
        assertThat(even.apply(plain(), THETA)).isEqualTo(yarn.apply(plain(), THETA));
    }

    @Test
    void brokenNumbersAreRefused() {
        assertThatThrownBy(() -> new RopeScaling.Llama3(8, 4, 1, 8192))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("high_freq_factor is 1.0");
        assertThatThrownBy(() -> new RopeScaling.Linear(Double.NaN))
                .isInstanceOf(UnsupportedModelException.class);
        assertThatThrownBy(() -> new RopeScaling.Divisors(List.of(0f)))
                .isInstanceOf(UnsupportedModelException.class);
    }
}

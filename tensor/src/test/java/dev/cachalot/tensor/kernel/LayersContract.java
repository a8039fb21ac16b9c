package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.ContractSubject.indexes;
import static dev.cachalot.tensor.kernel.ContractSubject.rows;
import static dev.cachalot.tensor.kernel.ContractSubject.size;

import dev.cachalot.tensor.Kernels.HeadColumns;
import dev.cachalot.tensor.RotaryPairs;
import dev.cachalot.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What norm, rotation and SwiGLU must give, on every rung. */
interface LayersContract extends ContractSubject {
    float EPS = 1e-6f;

    private static double[][] rmsNorm(double[][] x, double[] gain) {
        double[][] y = Expect.copy(x);
        for (double[] row : y) {
            double sum = 0;
            for (double number : row) {
                sum += number * number;
            }
            double root = Math.sqrt(sum / row.length + EPS);
            for (int i = 0; i < row.length; i++) {
                row[i] = row[i] / root * gain[i];
            }
        }
        return y;
    }

    @Test
    default void aNormedRowHasTheGainAsItsRootMeanSquare() {
        forAll(
                40,
                (kernels, memory, random) -> {
                    Tensor x = memory.input(rows(random), size(random));
                    Tensor gain = memory.input(1, x.width());
                    Tensor y = memory.output(x.rows(), x.width());
                    kernels.rmsNorm(x, gain, EPS, y);
                    Expect.close("y", y, rmsNorm(Expect.doubles(x), Expect.doubles(gain)[0]), 2e-6);
                    Tensor inPlace = memory.output(x.rows(), x.width());
                    kernels.copy(x, inPlace);
                    kernels.rmsNorm(inPlace, gain, EPS, inPlace);
                    Expect.sameBits("in place", inPlace, y);
                    for (int t = 0; t < x.rows(); t++) {
                        Tensor alone = memory.copy(x.slice(t, 1));
                        kernels.rmsNorm(alone, gain, EPS, alone);
                        Expect.sameBits("row " + t + " alone", alone, y.slice(t, 1));
                    }
                });
    }

    @Test
    default void gradientsOfTheNormAgreeWithDifferences() {
        forAll(
                20,
                (kernels, memory, random) -> {
                    Tensor x = memory.input(rows(random), size(random));
                    Tensor gain = memory.input(1, x.width());
                    Tensor dy = memory.input(x.rows(), x.width());
                    Tensor dx = memory.output(x.rows(), x.width());
                    Tensor dGain = memory.output(1, x.width());
                    double[][] dxBefore = Expect.doubles(dx);
                    double[][] dGainBefore = Expect.doubles(dGain);
                    kernels.addRmsNormGradients(x, gain, EPS, dy, dx, dGain);
                    double[][] xs = Expect.doubles(x);
                    double[][] gains = Expect.doubles(gain);
                    double[][] dys = Expect.doubles(dy);
                    if (x.width() > 3) { // a narrow row near zero bends too fast for differences
                        Expect.gradient(
                                "x",
                                dxBefore,
                                dx,
                                xs,
                                random,
                                at -> Expect.inner(rmsNorm(at, gains[0]), dys));
                    }
                    Expect.gradient(
                            "gain",
                            dGainBefore,
                            dGain,
                            gains,
                            random,
                            at -> Expect.inner(rmsNorm(xs, at[0]), dys));
                });
    }

    @Test
    default void pairsAreTurnedByTheAngleOfTheirPositionAndBack() {
        forAll(
                30,
                (kernels, memory, random) -> {
                    int pairs = 1 + random.nextInt(20);
                    int heads = 1 + random.nextInt(4);
                    RotaryPairs pairing =
                            random.nextBoolean() ? RotaryPairs.ADJACENT : RotaryPairs.HALVES;
                    boolean adjacent = pairing == RotaryPairs.ADJACENT;
                    HeadColumns columns =
                            new HeadColumns(random.nextInt(5), 2 * pairs + random.nextInt(3));
                    Tensor cos = memory.output(12, pairs);
                    Tensor sin = memory.output(12, pairs);
                    double[][] angles = new double[12][pairs];
                    for (int p = 0; p < 12; p++) {
                        for (int i = 0; i < pairs; i++) {
                            angles[p][i] = random.nextDouble(-4, 4);
                            cos.set(p, i, (float) Math.cos(angles[p][i]));
                            sin.set(p, i, (float) Math.sin(angles[p][i]));
                        }
                    }
                    Tensor x = memory.output(rows(random), 5 + heads * (2 * pairs + 2));
                    int[] positions = indexes(random, x.rows(), 12);
                    double[][] before = Expect.doubles(x);
                    double[][] expected = Expect.copy(before);
                    for (int t = 0; t < x.rows(); t++) {
                        for (int h = 0; h < heads; h++) {
                            for (int i = 0; i < pairs; i++) {
                                int head = columns.offset() + h * columns.stride();
                                int at = head + (adjacent ? 2 * i : i);
                                int other = at + (adjacent ? 1 : pairs);
                                double angle = angles[positions[t]][i];
                                double radius = Math.hypot(before[t][at], before[t][other]);
                                double turned = Math.atan2(before[t][other], before[t][at]) + angle;
                                expected[t][at] = radius * Math.cos(turned);
                                expected[t][other] = radius * Math.sin(turned);
                            }
                        }
                    }
                    kernels.rotate(x, columns, heads, positions, cos, sin, pairing, false);
                    Expect.close("turned", x, expected, 1e-6);
                    kernels.rotate(x, columns, heads, positions, cos, sin, pairing, true);
                    Expect.close("turned back", x, before, 1e-6);
                });
    }

    private static double[][] swiGlu(double[][] gate, double[][] up) {
        double[][] y = Expect.copy(gate);
        for (int t = 0; t < y.length; t++) {
            for (int i = 0; i < y[t].length; i++) {
                y[t][i] = gate[t][i] / (1 + Math.exp(-gate[t][i])) * up[t][i];
            }
        }
        return y;
    }

    @Test
    default void swiGluGatesAlsoInPlaceAndFarFromZero() {
        forAll(
                40,
                (kernels, memory, random) -> {
                    Tensor gate = memory.output(rows(random), size(random));
                    Tensor up = memory.input(gate.rows(), gate.width());
                    kernels.scale(gate, random.nextBoolean() ? 4 : 200);
                    double[][] expected = swiGlu(Expect.doubles(gate), Expect.doubles(up));
                    Tensor y = memory.output(gate.rows(), gate.width());
                    kernels.swiGlu(gate, up, y);
                    Expect.close("y", y, expected, 2e-6);
                    for (int t = 0; t < gate.rows(); t++) {
                        Tensor alone = memory.output(1, gate.width());
                        kernels.swiGlu(gate.slice(t, 1), up.slice(t, 1), alone);
                        Expect.sameBits("row " + t + " alone", alone, y.slice(t, 1));
                    }
                    Tensor overUp = memory.copy(up);
                    kernels.swiGlu(gate, overUp, overUp);
                    Expect.sameBits("over up", overUp, y);
                    kernels.swiGlu(gate, up, gate);
                    Expect.sameBits("over gate", gate, y);
                });
    }

    @Test
    default void gradientsOfSwiGluAgreeWithDifferencesAlsoInPlace() {
        forAll(
                20,
                (kernels, memory, random) -> {
                    Tensor gate = memory.output(rows(random), size(random));
                    Tensor up = memory.output(gate.rows(), gate.width());
                    Tensor dy = memory.input(gate.rows(), gate.width());
                    kernels.scale(gate, 4);
                    double[][] gates = Expect.doubles(gate);
                    double[][] ups = Expect.doubles(up);
                    double[][] dys = Expect.doubles(dy);
                    Tensor dGate = memory.output(gate.rows(), gate.width());
                    Tensor dUp = memory.output(gate.rows(), gate.width());
                    kernels.swiGluGradients(gate, up, dy, dGate, dUp);
                    Expect.gradient(
                            "gate",
                            Expect.zeros(gate),
                            dGate,
                            gates,
                            random,
                            at -> Expect.inner(swiGlu(at, ups), dys));
                    Expect.gradient(
                            "up",
                            Expect.zeros(up),
                            dUp,
                            ups,
                            random,
                            at -> Expect.inner(swiGlu(gates, at), dys));
                    kernels.swiGluGradients(gate, up, dy, gate, up);
                    Expect.sameBits("dGate in place", gate, dGate);
                    Expect.sameBits("dUp in place", up, dUp);
                });
    }

    @Test
    default void gradientsOfSwiGluFarFromZeroAreFinite() {
        forAll(
                5,
                (kernels, memory, random) -> {
                    Tensor gate = memory.output(3, size(random));
                    Tensor ones = memory.output(3, gate.width());
                    kernels.scale(gate, 1000);
                    float[] all = new float[3 * gate.width()];
                    Arrays.fill(all, 1);
                    ones.setFloats(all);
                    Tensor dGate = memory.output(3, gate.width());
                    Tensor dUp = memory.output(3, gate.width());
                    kernels.swiGluGradients(gate, ones, ones, dGate, dUp);
                    double[][] slope = Expect.doubles(gate);
                    double[][] silu = swiGlu(slope, Expect.doubles(ones));
                    for (double[] row : slope) {
                        for (int i = 0; i < row.length; i++) {
                            double sigma = 1 / (1 + Math.exp(-row[i]));
                            row[i] = sigma * (1 + row[i] * (1 - sigma));
                        }
                    }
                    Expect.close("dGate", dGate, slope, 1e-5);
                    Expect.close("dUp", dUp, silu, 1e-5);
                });
    }
}

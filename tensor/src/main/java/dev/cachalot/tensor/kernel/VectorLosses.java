package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.L;
import static dev.cachalot.tensor.kernel.Lanes.first;
import static dev.cachalot.tensor.kernel.Lanes.load;
import static dev.cachalot.tensor.kernel.Lanes.store;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.cachalot.tensor.AdamW;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Cross-entropy, the norm of gradients and AdamW. */
final class VectorLosses {
    /** Numbers of a chunk with a sum of its own; fixed, so that sums do not depend on threads. */
    private static final int CHUNK = 1 << 15;

    private static final int PART = 1 << 14; // of a row of logits, likewise

    private final WorkerPool pool;

    VectorLosses(WorkerPool pool) {
        this.pool = pool;
    }

    void crossEntropy(Tensor logits, int[] targets, Tensor losses, int[] predictions) {
        int width = logits.width();
        MemorySegment segment = logits.segment();
        Split.over(
                pool,
                logits.rows(),
                4L * width,
                (from, to, _) -> {
                    for (int t = from; t < to; t++) {
                        long at = t * logits.rowBytes();
                        float largest = Runs.largest(segment, at, width);
                        predictions[t] = find(segment, at, width, largest);
                        float loss = 0;
                        if (targets[t] >= 0) {
                            double sum = sumOfExponentials(segment, at, width, largest);
                            float own = segment.get(JAVA_FLOAT_UNALIGNED, at + 4L * targets[t]);
                            loss = (float) (largest + Math.log(sum) - own);
                        }
                        losses.set(t, 0, loss);
                    }
                });
    }

    /** In parts of fixed width, so that sums do not depend on threads. */
    void logSumExp(Tensor logits, int[] best, double[] logSumExp) {
        int width = logits.width();
        int parts = (width + PART - 1) / PART;
        int[] places = new int[logits.rows() * parts];
        float[] largest = new float[places.length];
        double[] sums = new double[places.length];
        MemorySegment x = logits.segment();
        pool.run(
                places.length,
                (index, _) -> {
                    int from = index % parts * PART;
                    int count = Math.min(PART, width - from);
                    long at = index / parts * logits.rowBytes() + 4L * from;
                    largest[index] = Runs.largest(x, at, count);
                    places[index] = from + find(x, at, count, largest[index]);
                    sums[index] = sumOfExponentials(x, at, count, largest[index]);
                });
        for (int t = 0; t < logits.rows(); t++) {
            int winner = t * parts;
            for (int i = t * parts; i < (t + 1) * parts; i++) {
                if (largest[i] > largest[winner]) {
                    winner = i;
                }
            }
            double sum = 0;
            for (int i = t * parts; i < (t + 1) * parts; i++) {
                sum += sums[i] * Math.exp((double) largest[i] - largest[winner]);
            }
            best[t] = places[winner];
            logSumExp[t] = largest[winner] + Math.log(sum);
        }
    }

    /** The first place of {@code wanted}; 0 where there is none (not a number). */
    private static int find(MemorySegment x, long at, int n, float wanted) {
        int i = 0;
        for (; i <= n - L; i += L) {
            VectorMask<Float> found = load(x, at + 4L * i).eq(wanted);
            if (found.anyTrue()) {
                return i + found.firstTrue();
            }
        }
        for (; i < n; i++) {
            if (x.get(JAVA_FLOAT_UNALIGNED, at + 4L * i) == wanted) {
                return i;
            }
        }
        return 0;
    }

    static double sumOfExponentials(MemorySegment x, long at, int n, float largest) {
        FloatVector sum = Lanes.splat(0);
        int i = 0;
        for (; i <= n - L; i += L) {
            sum = sum.add(Lanes.exp(load(x, at + 4L * i).sub(largest)));
        }
        if (i < n) {
            VectorMask<Float> rest = first(n - i);
            FloatVector last = Lanes.exp(load(x, at + 4L * i, rest).sub(largest));
            sum = sum.lanewise(VectorOperators.ADD, last, rest);
        }
        double total = 0;
        for (float lane : sum.toArray()) { // first to last: the order of reduceLanes is open
            total += lane;
        }
        return total;
    }

    void crossEntropyGradients(Tensor logits, int[] targets, float[] factors, Tensor dLogits) {
        int width = logits.width();
        MemorySegment x = logits.segment();
        MemorySegment y = dLogits.segment();
        Split.over(
                pool,
                logits.rows(),
                4L * width,
                (from, to, _) -> {
                    for (int t = from; t < to; t++) {
                        long xAt = t * logits.rowBytes();
                        long yAt = t * dLogits.rowBytes();
                        if (targets[t] < 0) {
                            y.asSlice(yAt, 4L * width).fill((byte) 0);
                            continue;
                        }
                        float largest = Runs.largest(x, xAt, width);
                        double sum = sumOfExponentials(x, xAt, width, largest);
                        long place = yAt + 4L * targets[t];
                        float own = x.get(JAVA_FLOAT_UNALIGNED, xAt + 4L * targets[t]);
                        softmax(x, xAt, y, yAt, width, largest, (float) (factors[t] / sum));
                        double p = Math.exp((double) own - largest) / sum;
                        y.set(JAVA_FLOAT_UNALIGNED, place, (float) ((p - 1) * factors[t]));
                    }
                });
    }

    /** y = factor * exp(x - largest). */
    private static void softmax(
            MemorySegment x,
            long xAt,
            MemorySegment y,
            long yAt,
            int n,
            float largest,
            float factor) {
        int i = 0;
        for (; i <= n - L; i += L) {
            store(Lanes.exp(load(x, xAt + 4L * i).sub(largest)).mul(factor), y, yAt + 4L * i);
        }
        if (i < n) {
            VectorMask<Float> rest = first(n - i);
            FloatVector last = Lanes.exp(load(x, xAt + 4L * i, rest).sub(largest)).mul(factor);
            store(last, y, yAt + 4L * i, rest);
        }
    }

    double sumOfSquares(Tensor x) {
        long elements = x.shape().elements();
        double[] sums = new double[Math.toIntExact((elements + CHUNK - 1) / CHUNK)];
        pool.run(
                sums.length,
                (chunk, _) -> {
                    long first = (long) chunk * CHUNK;
                    int count = (int) Math.min(CHUNK, elements - first);
                    sums[chunk] = Runs.dot(x.segment(), 4 * first, x.segment(), 4 * first, count);
                });
        double sum = 0;
        for (double part : sums) {
            sum += part;
        }
        return sum;
    }

    void update(Tensor parameters, Tensor gradients, Tensor first, Tensor second, AdamW numbers) {
        long elements = parameters.shape().elements();
        Step step = Step.of(numbers);
        pool.run(
                Math.toIntExact((elements + CHUNK - 1) / CHUNK),
                (chunk, _) -> {
                    long from = (long) chunk * CHUNK;
                    int count = (int) Math.min(CHUNK, elements - from);
                    update(
                            parameters.segment(),
                            gradients.segment(),
                            first.segment(),
                            second.segment(),
                            4 * from,
                            count,
                            step);
                });
    }

    /** Factors of one update, rounded once. */
    private record Step(
            float gradientScale,
            float beta1,
            float rest1,
            float beta2,
            float rest2,
            float rate,
            float rootScale,
            float eps,
            float keep) {

        static Step of(AdamW n) {
            double correction1 = 1 - Math.pow(n.beta1(), (double) n.step());
            double correction2 = 1 - Math.pow(n.beta2(), (double) n.step());
            return new Step(
                    (float) n.gradientScale(),
                    (float) n.beta1(),
                    (float) (1 - n.beta1()),
                    (float) n.beta2(),
                    (float) (1 - n.beta2()),
                    (float) (-n.learningRate() / correction1),
                    (float) (1 / correction2),
                    (float) n.eps(),
                    (float) (-n.learningRate() * n.weightDecay()));
        }
    }

    private static void update(
            MemorySegment p,
            MemorySegment g,
            MemorySegment m,
            MemorySegment v,
            long at,
            int n,
            Step s) {
        int i = 0;
        for (; i <= n - L; i += L) {
            long o = at + 4L * i;
            FloatVector gradient = load(g, o).mul(s.gradientScale);
            FloatVector mean = load(m, o).mul(s.beta1).add(gradient.mul(s.rest1));
            FloatVector square = load(v, o).mul(s.beta2).add(gradient.mul(gradient).mul(s.rest2));
            store(mean, m, o);
            store(square, v, o);
            store(changed(load(p, o), mean, square, s), p, o);
        }
        if (i < n) {
            long o = at + 4L * i;
            VectorMask<Float> rest = first(n - i);
            FloatVector gradient = load(g, o, rest).mul(s.gradientScale);
            FloatVector mean = load(m, o, rest).mul(s.beta1).add(gradient.mul(s.rest1));
            FloatVector square =
                    load(v, o, rest).mul(s.beta2).add(gradient.mul(gradient).mul(s.rest2));
            store(mean, m, o, rest);
            store(square, v, o, rest);
            store(changed(load(p, o, rest), mean, square, s), p, o, rest);
        }
    }

    private static FloatVector changed(
            FloatVector p, FloatVector mean, FloatVector square, Step s) {
        FloatVector root = square.mul(s.rootScale).sqrt().add(s.eps);
        FloatVector change = mean.mul(s.rate).div(root).add(p.mul(s.keep));
        return p.add(change);
    }
}

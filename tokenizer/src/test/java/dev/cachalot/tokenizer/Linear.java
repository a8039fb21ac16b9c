package dev.cachalot.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.function.Supplier;

/** Bounds of processor time, which other programs on the machine do not change. */
final class Linear {
    private static final int ROUNDS = 4;

    /**
     * Runs and checks the seconds of the thread's own processor time; a few times if need be, for
     * on a busy machine the compiler comes late.
     */
    static <T> T within(double seconds, Supplier<T> work) {
        for (int round = 1; ; round++) {
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            T result = work.get();
            double took = secondsSince(start);
            if (took < seconds) {
                return result;
            }
            assertThat(round)
                    .as("rounds of more than %s s, %s s", seconds, took)
                    .isLessThan(ROUNDS);
        }
    }

    /** The least processor seconds of a few runs. */
    static double best(int rounds, Runnable work) {
        double best = Double.MAX_VALUE;
        for (int i = 0; i < rounds; i++) {
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            work.run();
            best = Math.min(best, secondsSince(start));
        }
        return best;
    }

    private static double secondsSince(long start) {
        return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9;
    }

    private Linear() {}
}

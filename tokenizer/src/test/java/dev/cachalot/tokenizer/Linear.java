package dev.cachalot.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.function.Supplier;

/** Bounds of processor time, which other programs on the machine do not change. */
final class Linear {
    /** Runs once and checks the seconds of the thread's own processor time. */
    static <T> T within(double seconds, Supplier<T> work) {
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        T result = work.get();
        assertThat(secondsSince(start)).isLessThan(seconds);
        return result;
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

package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.WorkerPool;

/** Splits rows or columns over the threads of a pool, in chunks worth their overhead. */
final class Split {
    private static final long WORTH = 16_384; // numbers touched in a chunk, at least
    private static final int CHUNKS_PER_THREAD = 4;

    /** Work on items {@code from} to {@code to - 1}. */
    @FunctionalInterface
    interface Range {
        void run(int from, int to, int worker);
    }

    /** Splits {@code count} items of {@code costEach} numbers; items must be independent. */
    static void over(WorkerPool pool, int count, long costEach, Range range) {
        over(pool, count, costEach, 1, range);
    }

    /** As above; chunks start at multiples of {@code grain}. */
    static void over(WorkerPool pool, int count, long costEach, int grain, Range range) {
        if (count <= 0) {
            return;
        }
        long chunks =
                Math.clamp(
                        count * Math.max(1, costEach) / WORTH,
                        1,
                        (long) CHUNKS_PER_THREAD * pool.threads());
        if (pool.threads() == 1) {
            chunks = 1;
        }
        int each = (int) ((count + chunks - 1) / chunks);
        each = (each + grain - 1) / grain * grain;
        int size = each;
        pool.run(
                (count + size - 1) / size,
                (index, worker) ->
                        range.run(index * size, Math.min(count, (index + 1) * size), worker));
    }

    private Split() {}
}

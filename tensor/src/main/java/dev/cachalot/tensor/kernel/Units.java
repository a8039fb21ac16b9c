package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.WorkerPool;
import java.util.Arrays;

/**
 * A list of rectangles of results, of many products, dealt out to the threads of a pool in runs of
 * about equal work: one run of the pool, whatever the number of products.
 */
final class Units {
    /** Multiply-adds that are worth handing to another thread (a few microseconds). */
    static final long WORTH = 200_000;

    private static final int FIELDS = 5;

    private int[] fields = new int[64 * FIELDS]; // job, row from, row to, column from, column to
    private long[] costs = new long[64];
    private int count;
    private int[] tasks = new int[32]; // the units that begin one
    private int taskCount;

    /** Work on one rectangle of the result of a job. */
    @FunctionalInterface
    interface Body {
        void run(int job, int rowFrom, int rowTo, int columnFrom, int columnTo, int worker);
    }

    void add(int job, int rowFrom, int rowTo, int columnFrom, int columnTo, long cost) {
        if (count == costs.length) {
            costs = Arrays.copyOf(costs, 2 * count);
            fields = Arrays.copyOf(fields, 2 * count * FIELDS);
        }
        int at = count * FIELDS;
        fields[at] = job;
        fields[at + 1] = rowFrom;
        fields[at + 2] = rowTo;
        fields[at + 3] = columnFrom;
        fields[at + 4] = columnTo;
        costs[count++] = cost;
    }

    /**
     * Cuts a job's result of {@code rows} by {@code columns}, a chain of {@code depth} each, in
     * rectangles of at most {@code maxRows} by {@code maxColumns} and of about {@code target}
     * multiply-adds; edges lie on multiples of the grains.
     */
    void cut(
            int job,
            int rows,
            int rowGrain,
            int maxRows,
            int columns,
            int columnGrain,
            int maxColumns,
            long depth,
            long target) {
        int rowStep = even(rows, maxRows, rowGrain);
        long wanted = target / Math.max(1, Math.min(rows, rowStep) * depth);
        int most = Math.clamp(wanted, columnGrain, Math.max(columnGrain, maxColumns));
        int columnStep = even(columns, most, columnGrain);
        for (int row = 0; row < rows; row += rowStep) {
            int rowTo = Math.min(rows, row + rowStep);
            for (int column = 0; column < columns; column += columnStep) {
                int columnTo = Math.min(columns, column + columnStep);
                add(
                        job,
                        row,
                        rowTo,
                        column,
                        columnTo,
                        (long) (rowTo - row) * (columnTo - column) * depth);
            }
        }
    }

    /** A step that cuts {@code count} in equal parts of at most {@code most}. */
    private static int even(int count, int most, int grain) {
        int parts = Math.max(1, (count + most - 1) / most);
        int step = (count + parts - 1) / parts;
        return Math.max(grain, (step + grain - 1) / grain * grain);
    }

    /** Forgets what was added; its room is kept. */
    void clear() {
        count = 0;
        taskCount = 0;
    }

    /** The units that are added from now on are a task of their own. */
    void startTask() {
        if (taskCount == tasks.length) {
            tasks = Arrays.copyOf(tasks, 2 * taskCount);
        }
        tasks[taskCount++] = count;
    }

    /** Runs all, in the tasks that were started. */
    void runTasks(WorkerPool pool, Body body) {
        int[] starts = Arrays.copyOf(tasks, taskCount + 1);
        starts[taskCount] = count;
        run(pool, starts, taskCount, body);
    }

    /** Runs all; consecutive ones that are not worth a task of their own share one. */
    void run(WorkerPool pool, Body body) {
        run(pool, WORTH, body);
    }

    /** As above, where {@code worth} in terms of the costs is worth a task. */
    void run(WorkerPool pool, long worth, Body body) {
        int[] starts = new int[count + 1];
        int some = 0;
        long cost = 0;
        for (int i = 0; i < count; i++) {
            if (cost == 0) {
                starts[some++] = i;
            }
            cost += Math.max(1, costs[i]);
            if (cost >= worth) {
                cost = 0;
            }
        }
        starts[some] = count;
        run(pool, starts, some, body);
    }

    private void run(WorkerPool pool, int[] starts, int some, Body body) {
        pool.run(
                some,
                (task, worker) -> {
                    for (int i = starts[task]; i < starts[task + 1]; i++) {
                        int at = i * FIELDS;
                        body.run(
                                fields[at],
                                fields[at + 1],
                                fields[at + 2],
                                fields[at + 3],
                                fields[at + 4],
                                worker);
                    }
                });
    }

    /** What a task should cost so that {@code total} spreads evenly over the threads. */
    static long target(long total, int threads) {
        return target(total, threads, WORTH);
    }

    /** As above, at least {@code worth}. */
    static long target(long total, int threads, long worth) {
        return Math.max(worth, total / (threads * 6L));
    }
}

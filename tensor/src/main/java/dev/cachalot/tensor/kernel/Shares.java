package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.WorkerPool;

/**
 * Work in tasks that shrink towards the end, in the order in which it is added: large ones first,
 * for whatever reads memory is slow to start, small ones last, so that no thread waits long for
 * another (guided self-scheduling: Polychronopoulos and Kuck, IEEE Transactions on Computers C-36,
 * 1987).
 */
final class Shares {
    private final Units units;
    private final int threads;
    private final long least; // cost of a task
    private long left; // cost of what is not yet added
    private long room; // cost that the open task takes yet

    /**
     * For work of a known cost.
     *
     * @param units holds it; cleared first
     * @param mostTasks of a thread
     * @param worth cost that is worth a task of its own
     */
    Shares(Units units, long cost, int threads, int mostTasks, long worth) {
        units.clear();
        this.units = units;
        this.threads = threads;
        left = cost;
        least = Math.max(worth, cost / ((long) threads * mostTasks));
    }

    /**
     * Adds so many columns, in parts of several tasks where they do not fit into the open one.
     *
     * @param grain columns that stay together, but for the last ones
     * @param each cost of a column
     */
    void add(int job, int rowFrom, int rowTo, int columns, int grain, long each) {
        for (int column = 0; column < columns; ) {
            if (room < least / 2) {
                room = Math.max(least, left / (2L * threads));
                units.startTask();
            }
            long wanted = (room / each + grain / 2) / grain * grain;
            int to = (int) Math.min(columns, column + Math.max(grain, wanted));
            if (columns - to < grain) {
                to = columns;
            }
            long cost = (to - column) * each;
            units.add(job, rowFrom, rowTo, column, to, cost);
            room -= cost;
            left -= cost;
            column = to;
        }
    }

    /** Does all of it. */
    void run(WorkerPool pool, Units.Body body) {
        units.runTasks(pool, body);
    }
}

package dev.cachalot.train;

/**
 * Where a run stands after a step, beside its tensors.
 *
 * @param step steps done
 * @param cursor index of the next example
 * @param tokens rows computed so far
 * @param seconds time the run has taken, over all its processes
 */
record TrainingState(long step, long cursor, long tokens, double seconds) {
    static final TrainingState START = new TrainingState(0, 0, 0, 0);
}

package dev.cachalot.engine;

import dev.cachalot.model.ForwardBatch;
import java.util.List;

/**
 * One step: a batch, and the sequence of each chunk, by {@link ForwardBatch.Placed#index}.
 * Immutable.
 */
record Plan(ForwardBatch batch, List<Sequence> sequences) {
    static final Plan NOTHING = new Plan(ForwardBatch.of(List.of()), List.of());

    Plan {
        sequences = List.copyOf(sequences);
    }

    boolean isEmpty() {
        return sequences.isEmpty();
    }
}

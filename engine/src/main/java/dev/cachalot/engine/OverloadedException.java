package dev.cachalot.engine;

/** The queue is full. */
public final class OverloadedException extends GenerationException {
    private static final long serialVersionUID = 1;

    OverloadedException(int queueCapacity) {
        super("the queue of " + queueCapacity + " requests is full; try again in a while", null);
    }
}

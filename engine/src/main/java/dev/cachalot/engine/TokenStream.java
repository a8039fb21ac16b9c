package dev.cachalot.engine;

/**
 * The events of one request, in order: tokens, then one {@link GenerationEvent.Finished} or {@link
 * GenerationEvent.Failed}. Read by one thread; closed by any.
 */
public interface TokenStream extends AutoCloseable {

    /**
     * Waits for the next event.
     *
     * @throws IllegalStateException after the last event
     * @throws StoppedException if the waiting thread is interrupted; the request is cancelled then
     */
    GenerationEvent next();

    /**
     * Cancels the request; the engine ends it within one step. Without effect when it has ended.
     */
    @Override
    void close();
}

package dev.cachalot.engine;

import java.util.concurrent.LinkedBlockingQueue;

/** The hand-off from the engine thread to a reader. Never longer than the completion. */
final class QueuedStream implements TokenStream {
    private final LinkedBlockingQueue<GenerationEvent> events = new LinkedBlockingQueue<>();
    private volatile boolean cancelled; // set by anyone, read by the engine thread
    private boolean over; // owned by the reader

    /** Called by the engine thread. */
    void push(GenerationEvent event) {
        events.add(event);
    }

    boolean isCancelled() {
        return cancelled;
    }

    @Override
    public GenerationEvent next() {
        if (over) {
            throw new IllegalStateException("the stream is over: its last event was read before");
        }
        try {
            GenerationEvent event = events.take();
            over =
                    switch (event) {
                        case GenerationEvent.Token _ -> false;
                        case GenerationEvent.Finished _ -> true;
                        case GenerationEvent.Failed _ -> true;
                    };
            return event;
        } catch (InterruptedException interrupted) {
            close();
            Thread.currentThread().interrupt();
            throw new StoppedException(
                    "interrupted while waiting for a token; the request is cancelled", interrupted);
        }
    }

    @Override
    public void close() {
        cancelled = true;
    }
}

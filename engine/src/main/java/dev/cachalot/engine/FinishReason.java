package dev.cachalot.engine;

/** Why a completion is over. */
public enum FinishReason {
    /** A stop token came; it is not given out. */
    STOP,
    /** The request's number of tokens, or the end of the context, was reached. */
    LENGTH,
    /** The stream was closed. */
    CANCELLED
}

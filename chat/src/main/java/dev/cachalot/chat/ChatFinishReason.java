package dev.cachalot.chat;

import dev.cachalot.engine.FinishReason;

/** Why an answer is over. */
public enum ChatFinishReason {
    /** The model ended it, or a stop text came. */
    STOP,
    /** As {@link #STOP}, and the answer asks for tools: their outputs are to come next. */
    TOOL_CALLS,
    /** The most tokens or the end of the context were reached; a call may be cut off. */
    LENGTH,
    /** The stream was closed. */
    CANCELLED;

    static ChatFinishReason of(FinishReason reason, boolean called) {
        return switch (reason) {
            case STOP -> called ? TOOL_CALLS : STOP;
            case LENGTH -> LENGTH;
            case CANCELLED -> CANCELLED;
        };
    }
}

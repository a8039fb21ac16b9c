package dev.cachalot.chat;

import dev.cachalot.engine.FinishReason;
import dev.cachalot.tokenizer.ToolCall;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Counts and times one answer. Times are {@link System#nanoTime}. */
final class Meter {
    private final long opened;
    private final int promptTokens;
    private long first;
    private long last;
    private long thought;
    private int completionTokens;
    private int reasoningTokens;

    Meter(long opened, int promptTokens) {
        this.opened = opened;
        this.promptTokens = promptTokens;
    }

    /** A token has come. */
    void token(boolean reasoning) {
        last = System.nanoTime();
        if (completionTokens == 0) {
            first = last;
        }
        completionTokens++;
        if (reasoning) {
            thought = last;
            reasoningTokens++;
        }
    }

    ChatOutcome outcome(
            FinishReason reason,
            List<ToolCall> toolCalls,
            Optional<String> stopText,
            int cachedTokens) {
        return new ChatOutcome(
                ChatFinishReason.of(reason, !toolCalls.isEmpty()),
                toolCalls,
                stopText,
                new ChatUsage(promptTokens, cachedTokens, completionTokens, reasoningTokens),
                Duration.ofNanos(completionTokens == 0 ? 0 : first - opened),
                Duration.ofNanos(reasoningTokens == 0 ? 0 : thought - first),
                last == first ? 0 : (completionTokens - 1) * 1e9 / (last - first));
    }
}

package dev.cachalot.chat;

import dev.cachalot.tokenizer.ToolCall;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How an answer ended.
 *
 * @param reason why it is over
 * @param toolCalls what the answer asks for, in its order; the last may be cut off
 * @param stopText the stop text that ended it
 * @param timeToFirstToken from opening the stream, waiting in the queue included
 * @param thinkingTime from the first token to the end of the reasoning; zero without any
 * @param tokensPerSecond of the tokens after the first one; 0 with fewer than two
 */
public record ChatOutcome(
        ChatFinishReason reason,
        List<ToolCall> toolCalls,
        Optional<String> stopText,
        ChatUsage usage,
        Duration timeToFirstToken,
        Duration thinkingTime,
        double tokensPerSecond) {
    public ChatOutcome {
        toolCalls = List.copyOf(toolCalls);
    }
}

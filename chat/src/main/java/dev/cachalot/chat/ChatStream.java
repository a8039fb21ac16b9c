package dev.cachalot.chat;

import dev.cachalot.engine.FinishReason;
import dev.cachalot.engine.GenerationEvent;
import dev.cachalot.engine.TokenStream;
import dev.cachalot.tokenizer.DeepSeekTokens;
import dev.cachalot.tokenizer.StreamingDecoder;
import dev.cachalot.tokenizer.Tokenizer;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An answer while it is written. Walked once, by one thread; {@link #close}d by any, which cancels
 * what is not done yet.
 */
public final class ChatStream implements Iterable<ChatDelta>, AutoCloseable {
    private static final Set<String> MARKS = Set.of(DeepSeekTokens.THINK, DeepSeekTokens.END_THINK);

    private final TokenStream tokens;
    private final Tokenizer tokenizer;
    private final StreamingDecoder decoder;
    private final ReasoningSplitter splitter;
    private final StopMatcher matcher;
    private final Meter meter;
    private final Queue<ChatDelta> ready = new ArrayDeque<>();
    private @Nullable ChatOutcome outcome;

    ChatStream(
            TokenStream tokens,
            Tokenizer tokenizer,
            ReasoningSplitter splitter,
            StopMatcher matcher,
            Meter meter) {
        this.tokens = tokens;
        this.tokenizer = tokenizer;
        this.decoder = new StreamingDecoder(tokenizer);
        this.splitter = splitter;
        this.matcher = matcher;
        this.meter = meter;
    }

    /**
     * The pieces from where reading stands; all iterators share one place. {@code hasNext} waits
     * until there is a next piece or the answer is over, and throws a {@link
     * dev.cachalot.engine.GenerationException} when the answer is broken off.
     */
    @Override
    public Iterator<ChatDelta> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return await();
            }

            @Override
            public ChatDelta next() {
                if (!await()) {
                    throw new NoSuchElementException("the answer is over");
                }
                return ready.remove();
            }
        };
    }

    /**
     * How the answer ended.
     *
     * @throws IllegalStateException while it is not over: read all pieces first
     */
    public ChatOutcome outcome() {
        if (outcome == null) {
            throw new IllegalStateException("the answer is not over: read all its pieces first");
        }
        return outcome;
    }

    /** Cancels what is not done yet; without effect after the end. */
    @Override
    public void close() {
        tokens.close();
    }

    /** Reads on until there is a piece; false at the end. */
    private boolean await() {
        while (ready.isEmpty() && outcome == null) {
            switch (tokens.next()) {
                case GenerationEvent.Token(int id, float _) -> accept(id);
                case GenerationEvent.Finished finished -> finish(finished);
                case GenerationEvent.Failed(var cause) -> throw cause;
            }
        }
        return !ready.isEmpty();
    }

    private void accept(int id) {
        meter.token(splitter.thinking());
        // Control tokens stand outside the text: none of them is shown.
        say(splitter.accept(tokenizer.isSpecial(id) && !isMark(id) ? "" : decoder.accept(id)));
        if (matcher.found().isPresent()) {
            tokens.close();
            outcome = meter.outcome(FinishReason.STOP, matcher.found(), cachedTokens());
        }
    }

    private void finish(GenerationEvent.Finished finished) {
        say(splitter.accept(decoder.flush()));
        say(splitter.finish());
        Optional<String> stopText = matcher.found();
        if (stopText.isEmpty()) {
            answer(matcher.finish());
        }
        outcome =
                meter.outcome(
                        stopText.isPresent() ? FinishReason.STOP : finished.reason(),
                        stopText,
                        finished.usage().cachedTokens());
    }

    private void say(List<ChatDelta> deltas) {
        for (ChatDelta delta : deltas) {
            switch (delta) {
                case ChatDelta.Reasoning reasoning -> ready.add(reasoning);
                case ChatDelta.Answer(String text) -> answer(matcher.accept(text));
            }
        }
    }

    private void answer(String text) {
        if (!text.isEmpty()) {
            ready.add(new ChatDelta.Answer(text));
        }
    }

    private boolean isMark(int id) {
        return MARKS.stream().anyMatch(mark -> tokenizer.id(mark).orElse(-1) == id);
    }

    /** What the engine says at the end of a stream that was closed here. */
    private int cachedTokens() {
        while (true) {
            switch (tokens.next()) {
                case GenerationEvent.Token _ -> {}
                case GenerationEvent.Finished(var _, var usage) -> {
                    return usage.cachedTokens();
                }
                case GenerationEvent.Failed _ -> {
                    return 0;
                }
            }
        }
    }
}

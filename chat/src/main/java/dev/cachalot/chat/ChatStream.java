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
import java.util.Map;
import java.util.NoSuchElementException;
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
    private final ToolCallParser parser;
    private final Map<Integer, String> callMarks;
    private final StopMatcher matcher;
    private final Meter meter;
    private final SaidCalls calls = new SaidCalls();
    private final Queue<ChatDelta> ready = new ArrayDeque<>();
    private @Nullable ChatOutcome outcome;

    /**
     * @param callMarks the tokens that come to the parser as marks, and their texts
     */
    ChatStream(
            TokenStream tokens,
            Tokenizer tokenizer,
            ReasoningSplitter splitter,
            ToolCallParser parser,
            Map<Integer, String> callMarks,
            StopMatcher matcher,
            Meter meter) {
        this.tokens = tokens;
        this.tokenizer = tokenizer;
        this.decoder = new StreamingDecoder(tokenizer);
        this.splitter = splitter;
        this.parser = parser;
        this.callMarks = callMarks;
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
        boolean shown = !tokenizer.isSpecial(id) || isMark(id) || callMarks.containsKey(id);
        say(splitter.accept(shown ? decoder.accept(id) : ""), callMarks.getOrDefault(id, ""));
        if (matcher.found().isPresent()) {
            tokens.close();
            outcome = outcome(FinishReason.STOP, cachedTokens());
        }
    }

    private void finish(GenerationEvent.Finished finished) {
        say(splitter.accept(decoder.flush()), "");
        say(splitter.finish(), "");
        speak(parser.finish());
        settle();
        outcome =
                outcome(
                        matcher.found().isPresent() ? FinishReason.STOP : finished.reason(),
                        finished.usage().cachedTokens());
    }

    private ChatOutcome outcome(FinishReason reason, int cachedTokens) {
        return meter.outcome(reason, calls.list(), matcher.found(), cachedTokens);
    }

    /**
     * @param mark of a call, where the last piece ends with its token
     */
    private void say(List<ChatDelta> deltas, String mark) {
        for (ChatDelta delta : deltas) {
            if (delta instanceof ChatDelta.Answer(String text)) {
                boolean marked = !mark.isEmpty() && text.endsWith(mark);
                speak(
                        parser.accept(
                                text.substring(0, text.length() - (marked ? mark.length() : 0))));
                speak(marked ? parser.mark(mark) : List.of());
            } else {
                ready.add(delta);
            }
        }
    }

    /** Gives out the answer, up to a stop text in its content. */
    private void speak(List<ChatDelta> deltas) {
        for (ChatDelta delta : deltas) {
            if (delta instanceof ChatDelta.Answer(String text)) {
                answer(matcher.accept(text));
                continue;
            }
            settle(); // no stop text lies across a call
            if (matcher.found().isEmpty()) {
                calls.add(delta);
                ready.add(delta);
            }
        }
    }

    /** What may have been the beginning of a stop text is none. */
    private void settle() {
        if (matcher.found().isEmpty()) {
            answer(matcher.finish());
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

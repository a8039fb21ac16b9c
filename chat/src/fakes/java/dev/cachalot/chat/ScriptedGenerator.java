package dev.cachalot.chat;

import dev.cachalot.engine.FinishReason;
import dev.cachalot.engine.GenerationEvent;
import dev.cachalot.engine.GenerationException;
import dev.cachalot.engine.GenerationRequest;
import dev.cachalot.engine.Refusals;
import dev.cachalot.engine.TokenStream;
import dev.cachalot.engine.Usage;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** Plays tokens from a script as the engine would: stops at stop tokens, length and cancel. */
public final class ScriptedGenerator implements Generator {
    /** Tokens found in the prefix cache, always. */
    public static final int CACHED = 3;

    /** The requests so far. */
    public final List<GenerationRequest> requests = new CopyOnWriteArrayList<>();

    /** Opened by the first stream that is closed before its end. */
    public final CountDownLatch cancelled = new CountDownLatch(1);

    private final Function<GenerationRequest, int[]> script;
    private long millisAToken;
    private int failAfter = Integer.MAX_VALUE;
    private GenerationException failure = Refusals.stopped();

    public ScriptedGenerator(Function<GenerationRequest, int[]> script) {
        this.script = script;
    }

    /** Says the same text, marks in it as tokens of their own, to every prompt. */
    public static ScriptedGenerator saying(String text) {
        int[] ids = new ByteTokenizer().encode(text + "<\uFF5Cend\u2581of\u2581sentence\uFF5C>");
        return new ScriptedGenerator(_ -> ids);
    }

    /** Refuses every prompt. */
    public static ScriptedGenerator refusing(Supplier<GenerationException> cause) {
        return new ScriptedGenerator(
                _ -> {
                    throw cause.get();
                });
    }

    /** Waits before each token. */
    public ScriptedGenerator slowly(long millis) {
        millisAToken = millis;
        return this;
    }

    /** Breaks off after some tokens, as an engine that is closed does. */
    public ScriptedGenerator failingAfter(int tokens) {
        return failingAfter(tokens, Refusals.stopped());
    }

    /** Breaks off after some tokens. */
    public ScriptedGenerator failingAfter(int tokens, GenerationException cause) {
        failAfter = tokens;
        failure = cause;
        return this;
    }

    @Override
    public TokenStream submit(GenerationRequest request) {
        requests.add(request);
        return new Play(request, script.apply(request));
    }

    private final class Play implements TokenStream {
        private final GenerationRequest request;
        private final int[] ids;
        private final CountDownLatch closed = new CountDownLatch(1);
        private int at;
        private volatile boolean over;

        Play(GenerationRequest request, int[] ids) {
            this.request = request;
            this.ids = ids;
        }

        @Override
        public GenerationEvent next() {
            if (over) {
                throw new IllegalStateException("the stream is over");
            }
            try {
                if (closed.await(millisAToken, TimeUnit.MILLISECONDS)) {
                    return finish(FinishReason.CANCELLED);
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            if (at == failAfter) {
                over = true;
                return new GenerationEvent.Failed(failure);
            }
            if (at == request.maxNewTokens()) {
                return finish(FinishReason.LENGTH);
            }
            if (at == ids.length || request.stopIds().contains(ids[at])) {
                return finish(FinishReason.STOP);
            }
            return new GenerationEvent.Token(ids[at++], -0.1f);
        }

        private GenerationEvent finish(FinishReason reason) {
            over = true;
            return new GenerationEvent.Finished(
                    reason, new Usage(request.prompt().length, CACHED, at));
        }

        @Override
        public void close() {
            if (!over) { // looked at before the reader learns of it
                cancelled.countDown();
            }
            closed.countDown();
        }
    }
}

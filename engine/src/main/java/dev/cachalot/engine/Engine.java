package dev.cachalot.engine;

import dev.cachalot.model.CacheLayout;
import dev.cachalot.model.Decoder;
import dev.cachalot.model.ForwardTrace;
import dev.cachalot.model.NextTokenBlock;
import dev.cachalot.model.Pass;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Continues prompts, many at once. One thread owns all state and does all computing; requests come
 * to it through one queue, tokens leave through their streams. Speaks token ids only.
 *
 * <p>Same request, same seed, same tokens and log probabilities, to the bit: whatever else runs,
 * however often a sequence is preempted, with and without a hit in the prefix cache, on any number
 * of threads.
 */
public final class Engine implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Engine.class.getName());

    private final int vocabSize;
    private final EngineConfig config;
    private final Semaphore places;
    private final Queue<Sequence> inbound = new ConcurrentLinkedQueue<>();
    private final AtomicInteger numbered = new AtomicInteger();
    private final AtomicInteger weightsEpoch = new AtomicInteger();
    private final Thread thread;
    private volatile boolean closing;
    private volatile @Nullable StoppedException stopped; // set once, when nothing is taken any more
    private volatile EngineStats stats; // written by the engine thread

    private Engine(
            Forward forward,
            CacheLayout layout,
            int vocabSize,
            Kernels kernels,
            EngineConfig config) {
        this.vocabSize = vocabSize;
        this.config = config;
        this.places = new Semaphore(config.queueCapacity());
        Scheduler scheduler = new Scheduler(config, places);
        this.stats = scheduler.stats();
        PagedCache cache = new PagedCache(layout, config, scheduler::blockTable);
        this.thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("engine")
                        .unstarted(() -> run(scheduler, cache, forward, kernels));
    }

    /**
     * Starts an engine. Decoder and kernels stay the caller's, to be closed after the engine; while
     * requests are open nobody else may use these kernels or their pool.
     *
     * @throws IllegalArgumentException if the decoder lacks the absorbed form, so long a context,
     *     or a multi-token-prediction block where guesses are to come from one
     */
    public static Engine start(Decoder decoder, Kernels kernels, EngineConfig config) {
        if (config.contextLength() > decoder.contextLength()) {
            throw new IllegalArgumentException(
                    "contextLength is "
                            + config.contextLength()
                            + "; the model was loaded for "
                            + decoder.contextLength()
                            + " positions");
        }
        if (!decoder.layers().getFirst().attention().canGenerate()) {
            throw new IllegalArgumentException(
                    "the decoder was built without the absorbed form, which generation needs:"
                            + " build it with absorbed = true");
        }
        Optional<NextTokenBlock> block =
                config.speculation().asksTheBlock() ? decoder.nextTokenBlock() : Optional.empty();
        if (config.speculation() == Speculation.MTP && block.isEmpty()) {
            throw new IllegalArgumentException(
                    "the model has no multi-token-prediction block to guess with; guess by lookup");
        }
        Forward forward = (batch, cache, pass) -> decoder.forward(batch, cache, pass).logits();
        return start(
                block.isPresent() ? new NextTokenGuesses(decoder, block.get()) : forward,
                layout(decoder, config.speculation(), kernels),
                decoder.config().vocabSize(),
                kernels,
                config);
    }

    /** What a sequence keeps, with the row of the block where it is asked. */
    static CacheLayout layout(Decoder decoder, Speculation speculation, Kernels kernels) {
        return speculation.asksTheBlock()
                ? decoder.cacheLayoutWithNextToken(kernels)
                : decoder.cacheLayout(kernels);
    }

    /** An engine over any forward. */
    static Engine start(
            Forward forward,
            CacheLayout layout,
            int vocabSize,
            Kernels kernels,
            EngineConfig config) {
        Engine engine = new Engine(forward, layout, vocabSize, kernels, config);
        engine.thread.start();
        return engine;
    }

    /**
     * Hands in a request, from any thread; returns at once.
     *
     * @throws OverloadedException if the queue is full
     * @throws ContextOverflowException if the prompt leaves no room for a token
     * @throws StoppedException if the engine is closed
     * @throws IllegalArgumentException if the prompt is empty or holds an id outside the vocabulary
     */
    public TokenStream submit(GenerationRequest request) {
        check(request.prompt());
        StoppedException over = stopped;
        if (closing || over != null) {
            throw new StoppedException("the engine is closed", over);
        }
        if (!places.tryAcquire()) {
            throw new OverloadedException(config.queueCapacity());
        }
        long seed =
                request.sampling().seed().isPresent()
                        ? request.sampling().seed().getAsLong()
                        : ThreadLocalRandom.current().nextLong();
        QueuedStream stream = new QueuedStream();
        Sequence sequence = new Sequence(numbered.getAndIncrement(), request, stream, seed);
        inbound.add(sequence);
        // Either the engine thread's last look into the queue finds it, or this look sees the end.
        over = stopped;
        if (over != null && inbound.remove(sequence)) {
            throw new StoppedException("the engine is closed", over);
        }
        LockSupport.unpark(thread);
        return stream;
    }

    private void check(int[] prompt) {
        if (prompt.length == 0) {
            throw new IllegalArgumentException(
                    "the prompt is empty; at least one token is needed to continue from");
        }
        for (int i = 0; i < prompt.length; i++) {
            if (prompt[i] < 0 || prompt[i] >= vocabSize) {
                throw new IllegalArgumentException(
                        "token "
                                + i
                                + " of the prompt is "
                                + prompt[i]
                                + "; the vocabulary has ids 0 to "
                                + (vocabSize - 1));
            }
        }
        if (prompt.length >= config.longestSequence()) {
            throw new ContextOverflowException(prompt.length, config.longestSequence());
        }
    }

    /**
     * Forgets cached prompts; to be called after the decoder's weights have changed, which must
     * happen while no request is open.
     */
    public void dropPrefixCache() {
        weightsEpoch.incrementAndGet();
        LockSupport.unpark(thread);
    }

    /** The state after the last step; a moment behind the streams. */
    public EngineStats stats() {
        return stats;
    }

    /**
     * Stops after the current step; open streams get {@link GenerationEvent.Failed} with a {@link
     * StoppedException}. Returns when the engine thread has ended.
     */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException again) {
                interrupted = true; // the thread still uses the caller's weights: wait on
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Scheduler scheduler, PagedCache cache, Forward forward, Kernels kernels) {
        StoppedException end = new StoppedException("the engine was closed", null);
        try (cache;
                Workspace workspace = new Workspace()) {
            Pass pass = new Pass(kernels, workspace, ForwardTrace.none());
            loop(scheduler, new Step(forward, cache, pass, vocabSize));
        } catch (RuntimeException | Error failure) {
            LOG.log(System.Logger.Level.ERROR, "the engine stopped", failure);
            end = new StoppedException("the engine stopped: " + failure, failure);
        }
        stopped = end;
        scheduler.commitStop(end);
        for (Sequence late = inbound.poll(); late != null; late = inbound.poll()) {
            late.stream().push(new GenerationEvent.Failed(end));
        }
        stats = scheduler.stats();
    }

    private void loop(Scheduler scheduler, Step step) {
        Plan plan = Plan.NOTHING;
        List<Outcome> outcomes = List.of();
        int epoch = 0;
        while (!closing) {
            List<Sequence> arrivals = new ArrayList<>();
            for (Sequence next = inbound.poll(); next != null; next = inbound.poll()) {
                arrivals.add(next);
            }
            epoch = weightsEpoch.get(); // after the arrivals: they came after the change
            scheduler.commit(plan, outcomes, arrivals, epoch);
            stats = scheduler.stats();
            plan = scheduler.plan();
            outcomes = step.run(plan, scheduler.pool().highest());
            while (scheduler.isIdle()
                    && inbound.isEmpty()
                    && !closing
                    && epoch == weightsEpoch.get()) {
                LockSupport.park(this);
            }
        }
    }
}

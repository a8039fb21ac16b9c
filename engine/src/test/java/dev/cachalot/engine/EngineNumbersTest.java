package dev.cachalot.engine;

import static dev.cachalot.engine.Completion.greedy;
import static dev.cachalot.engine.Completion.prompt;
import static dev.cachalot.engine.Completion.read;
import static dev.cachalot.engine.Completion.sampled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cachalot.tensor.Rung;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the engine computes on a real decoder, against the same without cache, chunks or company.
 */
class EngineNumbersTest {
    private static final EngineConfig CONFIG = new EngineConfig(1024, 8, 4096, 64, 64);

    /** A rung and an attention. */
    record Subject(Rung rung, TinyDecoder.Kind kind) {
        TinyDecoder decoder(int threads) {
            return new TinyDecoder(rung, threads, kind);
        }
    }

    static List<Subject> subjects() {
        List<Subject> subjects = new ArrayList<>();
        for (TinyDecoder.Kind kind : List.of(TinyDecoder.Kind.LATENT, TinyDecoder.Kind.GROUPED)) {
            for (Rung rung : Rung.values()) {
                if (rung.unsupported().isEmpty()) {
                    subjects.add(new Subject(rung, kind));
                }
            }
        }
        return subjects;
    }

    /** 7 tokens are absorbed; 300 end in a naive chunk of 44, 530 in an absorbed one of 18. */
    @ParameterizedTest
    @MethodSource("subjects")
    void cachedDecodeOfAChunkedPromptEqualsFullRecompute(Subject subject) {
        try (TinyDecoder tiny = subject.decoder(2)) {
            for (int length : new int[] {1, 7, 300, 530}) {
                int[] prompt = prompt(new SplittableRandom(length), length, TinyDecoder.VOCAB);
                Completion completion;
                try (Engine engine = tiny.engine(CONFIG)) {
                    completion = read(engine.submit(greedy(prompt, 24)));
                }
                assertThat(completion.tokens()).hasSize(24);
                float[][] expected = tiny.recompute(completion.after(prompt));
                for (int i = 0; i < 24; i++) {
                    GenerationEvent.Token token = completion.tokens().get(i);
                    float[] row = expected[length - 1 + i];
                    assertThat(token.logProb())
                            .as("token %d after a prompt of %d", i, length)
                            .isCloseTo(row[token.id()], within(1e-4f));
                    for (float other : row) {
                        assertThat(other).isLessThan(row[token.id()] + 1e-4f);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void batchMatesAndThreadsChangeNoBit(Subject subject) {
        SplittableRandom random = new SplittableRandom(3);
        List<GenerationRequest> requests = new ArrayList<>();
        for (int length : new int[] {5, 290, 40, 256, 513, 31, 1}) {
            requests.add(sampled(prompt(random, length, TinyDecoder.VOCAB), 20, length));
        }
        List<Completion> alone = new ArrayList<>();
        try (TinyDecoder tiny = subject.decoder(1);
                Engine engine = tiny.engine(CONFIG)) {
            for (GenerationRequest request : requests) {
                alone.add(read(engine.submit(request)));
            }
        }
        try (TinyDecoder tiny = subject.decoder(2);
                Engine engine = tiny.engine(CONFIG)) {
            assertThat(together(engine, requests)).isEqualTo(alone);
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void hitInThePrefixCacheChangesNoBit(Subject subject) {
        SplittableRandom random = new SplittableRandom(4);
        int[] prompt = prompt(random, 600, TinyDecoder.VOCAB);
        int[] alike = prompt.clone();
        for (int i = 520; i < alike.length; i++) {
            alike[i] = random.nextInt(TinyDecoder.VOCAB);
        }
        try (TinyDecoder tiny = subject.decoder(1)) {
            Completion fresh;
            try (Engine engine = tiny.engine(CONFIG)) {
                fresh = read(engine.submit(sampled(prompt, 20, 9)));
            }
            try (Engine engine = tiny.engine(CONFIG)) {
                read(engine.submit(sampled(alike, 30, 1)));
                Completion hit = read(engine.submit(sampled(prompt, 20, 9)));
                assertThat(hit.tokens()).isEqualTo(fresh.tokens());
                assertThat(hit.usage()).isEqualTo(new Usage(600, 512, 20));
                assertThat(fresh.usage()).isEqualTo(new Usage(600, 0, 20));
            }
        }
    }

    /** Seven sequences that grow to some 1,800 tokens share a cache of 768. */
    @ParameterizedTest
    @MethodSource("subjects")
    void preemptionChangesNoBit(Subject subject) {
        SplittableRandom random = new SplittableRandom(5);
        List<GenerationRequest> requests = new ArrayList<>();
        for (int length : new int[] {5, 120, 300, 256, 40, 31, 200}) {
            requests.add(sampled(prompt(random, length, TinyDecoder.VOCAB), 120, length));
        }
        try (TinyDecoder tiny = subject.decoder(1)) {
            List<Completion> roomy;
            try (Engine engine = tiny.engine(CONFIG)) {
                roomy = together(engine, requests);
            }
            try (Engine engine = tiny.engine(new EngineConfig(1024, 8, 768, 64, 16))) {
                assertThat(together(engine, requests)).isEqualTo(roomy);
                assertThat(engine.stats().preemptions()).isGreaterThan(2);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void droppedPrefixCacheIsComputedAnew(Subject subject) {
        int[] prompt = prompt(new SplittableRandom(6), 300, TinyDecoder.VOCAB);
        try (TinyDecoder tiny = subject.decoder(1);
                Engine engine = tiny.engine(CONFIG)) {
            assertThat(read(engine.submit(greedy(prompt, 2))).usage().cachedTokens()).isZero();
            assertThat(read(engine.submit(greedy(prompt, 2))).usage().cachedTokens())
                    .isEqualTo(256);
            engine.dropPrefixCache();
            assertThat(read(engine.submit(greedy(prompt, 2))).usage().cachedTokens()).isZero();
        }
    }

    private static List<Completion> together(Engine engine, List<GenerationRequest> requests) {
        List<TokenStream> streams = new ArrayList<>();
        for (GenerationRequest request : requests) {
            streams.add(engine.submit(request));
        }
        return streams.stream().map(Completion::read).toList();
    }
}

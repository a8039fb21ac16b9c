package dev.cachalot.engine;

import static dev.cachalot.engine.Completion.greedy;
import static dev.cachalot.engine.Completion.prompt;
import static dev.cachalot.engine.Completion.read;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real decoders give the same tokens and log probabilities with guesses, to the bit. */
class SpeculationNumbersTest {
    private static final EngineConfig CONFIG =
            new EngineConfig(1024, 8, 4096, 64, 16, Speculation.AUTO);
    private static final EngineConfig PLAIN = CONFIG.withSpeculation(Speculation.OFF);

    static List<EngineNumbersTest.Subject> subjects() {
        return EngineNumbersTest.subjects();
    }

    /** A prompt that repeats itself; random weights like to repeat themselves too. */
    private static int[] repeating(SplittableRandom random, int length) {
        int[] once = prompt(random, 1 + length / 3, TinyDecoder.VOCAB);
        int[] prompt = new int[length];
        for (int i = 0; i < length; i++) {
            prompt[i] =
                    random.nextInt(30) == 0
                            ? random.nextInt(TinyDecoder.VOCAB)
                            : once[i % once.length];
        }
        return prompt;
    }

    private static GenerationRequest sampled(int[] prompt, int most, float temperature, long seed) {
        return new GenerationRequest(
                prompt,
                most,
                new SamplingParameters(temperature, 0.9f, 0, 0, 1.05f, OptionalLong.of(seed)),
                Set.of(5));
    }

    private static List<GenerationRequest> requests(SplittableRandom random) {
        List<GenerationRequest> requests = new ArrayList<>();
        for (int length : new int[] {3, 48, 255, 300}) {
            requests.add(greedy(repeating(random, length), 60));
            requests.add(greedy(prompt(random, length, TinyDecoder.VOCAB), 90));
            requests.add(sampled(repeating(random, length), 40, 0.25f, random.nextLong()));
        }
        return requests;
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void tokensAndProbabilitiesAreThoseOfPlainDecoding(EngineNumbersTest.Subject subject) {
        List<GenerationRequest> requests = requests(new SplittableRandom(21));
        try (TinyDecoder tiny = subject.decoder(2)) {
            Engine plain = tiny.engine(PLAIN);
            List<Completion> expected = new ArrayList<>();
            try (plain) {
                requests.forEach(request -> expected.add(read(plain.submit(request))));
            }
            Engine alone = tiny.engine(CONFIG);
            try (alone) {
                for (int i = 0; i < requests.size(); i++) {
                    assertThat(read(alone.submit(requests.get(i))))
                            .as("request %d", i)
                            .isEqualTo(expected.get(i));
                }
            }
            EngineStats stats = alone.stats();
            assertThat(stats.accepted()).as("right guesses").isGreaterThan(100);
            assertThat(stats.drafted() - stats.accepted()).as("wrong guesses").isGreaterThan(20);
            assertThat(stats.steps() + stats.accepted()).isEqualTo(plain.stats().steps());
        }
    }

    /** Up to eight at once, in a cache that is too small for them. */
    @ParameterizedTest
    @MethodSource("subjects")
    void companyAndPreemptionChangeNoBitOfGuessedTokens(EngineNumbersTest.Subject subject) {
        List<GenerationRequest> requests = requests(new SplittableRandom(22));
        try (TinyDecoder tiny = subject.decoder(1)) {
            List<Completion> expected;
            try (Engine plain = tiny.engine(PLAIN)) {
                expected = together(plain, requests);
            }
            Engine tight = tiny.engine(new EngineConfig(1024, 8, 720, 64, 16));
            try (tight) {
                assertThat(together(tight, requests).stream().map(Completion::tokens).toList())
                        .isEqualTo(expected.stream().map(Completion::tokens).toList());
            }
            assertThat(tight.stats().accepted()).isGreaterThan(20);
            assertThat(tight.stats().preemptions()).isPositive();
        }
    }

    /** The second turn of a conversation: its prompt holds the first turn's guessed answer. */
    @ParameterizedTest
    @MethodSource("subjects")
    void keptPromptsHoldNoRowOfAWrongGuess(EngineNumbersTest.Subject subject) {
        SplittableRandom random = new SplittableRandom(23);
        try (TinyDecoder tiny = subject.decoder(2);
                Engine plain = tiny.engine(PLAIN);
                Engine guessing = tiny.engine(CONFIG)) {
            int[] prompt = repeating(random, 250);
            Completion first = read(guessing.submit(greedy(prompt, 300)));
            int[] second = first.after(prompt);
            for (int i = 0; i < 2; i++) { // computed, then found
                Completion answer = read(guessing.submit(greedy(second, 40)));
                assertThat(answer.tokens())
                        .isEqualTo(read(plain.submit(greedy(second, 40))).tokens());
                assertThat(answer.usage().cachedTokens()).isEqualTo(512 * i);
            }
        }
    }

    private static List<Completion> together(Engine engine, List<GenerationRequest> requests) {
        List<TokenStream> streams = new ArrayList<>();
        requests.forEach(request -> streams.add(engine.submit(request)));
        return streams.stream().map(Completion::read).toList();
    }
}

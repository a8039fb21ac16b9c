package dev.cachalot.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;

/** All events of a stream, read to the end. */
record Completion(List<GenerationEvent.Token> tokens, GenerationEvent last) {

    static Completion read(TokenStream stream) {
        List<GenerationEvent.Token> tokens = new ArrayList<>();
        while (true) {
            GenerationEvent event = stream.next();
            if (!(event instanceof GenerationEvent.Token token)) {
                return new Completion(tokens, event);
            }
            tokens.add(token);
        }
    }

    static GenerationRequest greedy(int[] prompt, int maxNewTokens) {
        return new GenerationRequest(prompt, maxNewTokens, SamplingParameters.greedy(), Set.of());
    }

    static GenerationRequest sampled(int[] prompt, int maxNewTokens, long seed) {
        return new GenerationRequest(
                prompt,
                maxNewTokens,
                new SamplingParameters(0.9f, 0.95f, 40, 0.01f, 1.1f, OptionalLong.of(seed)),
                Set.of());
    }

    /** What a step gives that has chosen these tokens. */
    static Outcome chosen(int... ids) {
        return new Outcome.Chosen(
                Arrays.stream(ids).mapToObj(id -> new GenerationEvent.Token(id, 0)).toList(),
                Sequence.NO_GUESS);
    }

    static int[] prompt(SplittableRandom random, int length, int vocab) {
        return random.ints(length, 0, vocab).toArray();
    }

    int[] ids() {
        return tokens.stream().mapToInt(GenerationEvent.Token::id).toArray();
    }

    FinishReason reason() {
        return ((GenerationEvent.Finished) last).reason();
    }

    Usage usage() {
        return ((GenerationEvent.Finished) last).usage();
    }

    int[] after(int[] prompt) {
        int[] all = Arrays.copyOf(prompt, prompt.length + tokens.size());
        System.arraycopy(ids(), 0, all, prompt.length, tokens.size());
        return all;
    }
}

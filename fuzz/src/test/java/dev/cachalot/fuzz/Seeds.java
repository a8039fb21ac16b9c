package dev.cachalot.fuzz;

import dev.cachalot.checkpoint.RowSource;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tokenizer.AddedToken;
import dev.cachalot.tokenizer.BytePairTrainer;
import dev.cachalot.tokenizer.DeepSeekTokens;
import dev.cachalot.tokenizer.PreTokenizer;
import dev.cachalot.tokenizer.SentencePieceSpec;
import dev.cachalot.tokenizer.SpacePrefix;
import dev.cachalot.tokenizer.TokenizerSpec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** What seeds are made of. */
final class Seeds {
    /** A vocabulary of bytes, a few merges and the marks of a conversation. */
    static TokenizerSpec vocabulary(String preTokenizer) {
        return new BytePairTrainer(280, PreTokenizer.named(preTokenizer), DeepSeekTokens.CHAT)
                .train(Stream.of("the cat, the mat: 12 + 30 = 42", "the cat, the mat: 12 + 30"));
    }

    /** The same of SentencePiece's kind: bytes, letters, words and their scores. */
    static SentencePieceSpec sentencePiece(SpacePrefix prefix) {
        List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
        for (int b = 0; b < 256; b++) {
            tokens.add("<0x%02X>".formatted(b));
        }
        tokens.addAll(
                List.of("▁", "t", "h", "e", "c", "a", "中", "🦙", "1", "▁t", "th", "▁th", "▁the"));
        tokens.addAll(List.of("he", "ca", "at", "cat", "▁▁", "12"));
        List<Float> scores = new ArrayList<>();
        for (int id = 0; id < tokens.size(); id++) {
            scores.add(-1f * Math.max(0, id - 259));
        }
        return new SentencePieceSpec(
                tokens,
                new SentencePieceSpec.ByScore(scores),
                List.of(
                        new AddedToken(0, "<unk>", true),
                        new AddedToken(1, "<s>", true),
                        new AddedToken(2, "</s>", true)),
                prefix,
                OptionalInt.of(0),
                OptionalInt.of(1),
                OptionalInt.of(2),
                true);
    }

    /** Rows of small numbers. */
    static RowSource rows(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return (_, target) -> {
            for (int i = 0; i < target.length; i++) {
                target[i] = (float) random.nextDouble(-0.2, 0.2);
            }
        };
    }

    /** A tensor of random bytes: blocks of any type, scales of any size. */
    static Tensor tensor(DType type, int rows, int width) {
        byte[] bytes = new byte[(int) type.bytes((long) rows * width)];
        new SplittableRandom(type.blockBytes()).nextBytes(bytes);
        return Tensor.view(type, Shape.of(rows, width), MemorySegment.ofArray(bytes));
    }

    private Seeds() {}
}

package dev.cachalot.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** A SentencePiece vocabulary by hand, with the odd cases that published ones have or lack. */
final class SmallSentencePiece {
    /**
     * Beside characters and plain merges: one that spans a space, letters without a token of their
     * own (x, y), and merges that overlap.
     */
    private static final List<String> PIECES =
            List.of(
                    "▁", "t", "h", "e", "c", "a", "o", "n", "s", "中", "文", "🦙", "é", "1", "2",
                    "\n", "▁t", "th", "he", "▁th", "the", "▁the", "ca", "at", "cat", "▁c", "on",
                    "▁o", "▁on", "▁▁", "▁▁▁▁", "aa", "aaaa", "aba", "ab", "ba", "b", "中文", "🦙🦙",
                    "e▁t", "xy", "xyc", "12", "21", "1212", "s▁", "\n\n");

    static final List<String> TOKENS = tokens();

    static SentencePieceSpec spec(SpacePrefix prefix) {
        List<Float> scores = new ArrayList<>();
        for (int id = 0; id < TOKENS.size(); id++) {
            int pair = (id - 259) / 2; // two share a score
            scores.add(id < 259 ? 0f : -1f * pair);
        }
        return new SentencePieceSpec(
                TOKENS,
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

    static SentencePieceTokenizer tokenizer(SpacePrefix prefix) {
        return new SentencePieceTokenizer(spec(prefix));
    }

    private static List<String> tokens() {
        List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
        for (int b = 0; b < 256; b++) {
            tokens.add("<0x%02X>".formatted(b));
        }
        tokens.addAll(PIECES);
        return List.copyOf(tokens);
    }

    private SmallSentencePiece() {}
}

package dev.cachalot.tokenizer;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** A vocabulary trained on a few sentences, and random texts to try it on. */
final class SmallVocabulary {
    static final List<String> SENTENCES =
            List.of(
                    "What is 47 + 85? 47 + 85 = 132, so the answer is 132.",
                    "¿Cuánto es 12 × 34? Primero 12 × 30 = 360, luego 12 × 4 = 48; 360 + 48 = 408.",
                    "小明有 12 个苹果，又买了 30 个，他现在有多少个苹果？答案是 42。",
                    "the cat sat on the mat, and the other cat sat on the other mat\n\n\tthe end 🦙🦙");

    static final TokenizerSpec SPEC =
            new BytePairTrainer(400, PreTokenizer.named("cachalot"), DeepSeekTokens.CHAT)
                    .train(
                            Stream.concat(
                                    SENTENCES.stream(),
                                    SENTENCES.stream())); // what occurs once is no token

    static final BytePairTokenizer TOKENIZER = new BytePairTokenizer(SPEC);

    private static final List<String> FRAGMENTS =
            List.of(
                    " ",
                    "  ",
                    "\n",
                    "\r\n",
                    "\t",
                    "\u00A0",
                    "\u3000",
                    "\u2028",
                    "\u0085",
                    "a",
                    "the",
                    "cat",
                    "Z",
                    "'s",
                    "'LL",
                    "é",
                    "e\u0301",
                    "\u0301",
                    "ß",
                    "ſ",
                    "я",
                    "ب",
                    "नि",
                    "한",
                    "中",
                    "文",
                    "の",
                    "゠",
                    "・",
                    "ー",
                    "𠜎",
                    "🦙",
                    "👩‍👩‍👧",
                    "1",
                    "23",
                    "456",
                    "٣",
                    "½",
                    "Ⅷ",
                    "+",
                    "=",
                    "!",
                    "…",
                    "—",
                    "“",
                    "<",
                    "|",
                    ">",
                    "｜",
                    "▁",
                    "<think>",
                    "</think>",
                    "<｜User｜>",
                    "<｜end▁of▁sentence｜>",
                    "\u0000",
                    "\uFFFF",
                    "\uFFFD");

    /**
     * Up to {@code most} fragments of scripts, spaces, digits, marks, look-alikes and random code
     * points.
     */
    static String randomText(SplittableRandom random, int most) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(most + 1); left > 0; left--) {
            if (random.nextInt(8) > 0) {
                text.append(FRAGMENTS.get(random.nextInt(FRAGMENTS.size())));
                continue;
            }
            int c = random.nextInt(Character.MAX_CODE_POINT + 1);
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                text.appendCodePoint(c);
            }
        }
        return text.toString();
    }

    private SmallVocabulary() {}
}

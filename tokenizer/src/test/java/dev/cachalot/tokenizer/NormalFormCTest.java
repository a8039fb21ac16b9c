package dev.cachalot.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.testing.Cases;
import java.text.Normalizer;
import java.util.List;
import org.junit.jupiter.api.Test;

class NormalFormCTest {
    private static final List<String> MARKS =
            List.of(
                    "\u0301",
                    "\u0327",
                    "\u0345",
                    "\u0344",
                    "\u0334",
                    "\u05B0",
                    "\u0F71",
                    "\u0F73",
                    "\u0F74",
                    "\u3099",
                    "\u302E",
                    "\u20DD",
                    "\u0903",
                    "\u0B3E",
                    "\u034F",
                    "\uD834\uDD65",
                    "\uD834\uDD6E",
                    "\u0300",
                    "\u0323",
                    "\uD804\uDC3C");

    @Test
    void longRunsOfMarksComeOutAsFromTheLibrary() {
        Cases.forAll(
                300,
                random -> {
                    StringBuilder text = new StringBuilder("x");
                    for (int left = random.nextInt(6); left > 0; left--) {
                        text.append(List.of("a", "中", "가", "e", "\u0B47").get(random.nextInt(5)));
                        for (int marks = random.nextInt(200); marks > 0; marks--) {
                            text.append(MARKS.get(random.nextInt(MARKS.size())));
                        }
                    }
                    assertThat(NormalFormC.of(text.toString()))
                            .isEqualTo(Normalizer.normalize(text.toString(), Normalizer.Form.NFC));
                });
    }

    @Test
    void randomTextComesOutAsFromTheLibrary() {
        Cases.forAll(
                2000,
                random -> {
                    String text = SmallVocabulary.randomText(random, 20);
                    assertThat(NormalFormC.of(text))
                            .isEqualTo(Normalizer.normalize(text, Normalizer.Form.NFC));
                });
    }

    /** The library alone takes minutes. */
    @Test
    void aMegabyteOfMarksTakesUnderTwoSeconds() {
        String text = "a" + "\u0301\u0327".repeat(1 << 19);
        String normal = Linear.within(2, () -> NormalFormC.of(text));
        assertThat(normal).hasSize(text.length() - 1).startsWith("\u00E1\u0327\u0327");
    }
}

package dev.cachalot.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.testing.Cases;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class VerifierTest {

    private static Problem due(String answer) {
        return new Problem(Language.ENGLISH, Kind.ADDITION, "", "", "", answer);
    }

    @Test
    void theOwnAnswerIsRightAndAnotherNumberIsWrong() {
        Cases.forAll(
                200,
                random -> {
                    for (Language language : Language.values()) {
                        for (Kind kind : Kind.arithmetic()) {
                            Problem problem = Problems.next(random, language, kind, Split.TEST);
                            assertThat(Verifier.isCorrect(problem, problem.answer())).isTrue();
                            assertThat(Verifier.isCorrect(problem, "123456789")).isFalse();
                            assertThat(Verifier.isCorrect(problem, "")).isFalse();
                        }
                    }
                });
    }

    @Test
    void numbersAreReadInTheFormsPeopleWrite() {
        for (String text :
                new String[] {
                    "1132",
                    " 1132 ",
                    "1132.",
                    "The answer is 1132.",
                    "1,132",
                    "1.132",
                    "1 132",
                    "１１３２",
                    "答案是1132。",
                    "47 + 1085 = 1132",
                    "1132.0"
                }) {
            assertThat(Verifier.isCorrect(due("1132"), text)).as(text).isTrue();
        }
        for (String text : new String[] {"132", "11320", "-1132", "1132 or 5", "one", "1132.5"}) {
            assertThat(Verifier.isCorrect(due("1132"), text)).as(text).isFalse();
        }
        assertThat(Verifier.isCorrect(due("-38"), "−38")).isTrue();
        assertThat(Verifier.isCorrect(due("-38"), "38")).isFalse();
    }

    @Test
    void wordsAreReadInThreeLanguages() {
        assertThat(Verifier.isCorrect(due("yes"), "Yes, it is.")).isTrue();
        assertThat(Verifier.isCorrect(due("yes"), "No")).isFalse();
        assertThat(Verifier.isCorrect(due("no"), "no")).isTrue();
        assertThat(Verifier.isCorrect(due("sí"), "Si.")).isTrue();
        assertThat(Verifier.isCorrect(due("是"), "不是")).isFalse();
        assertThat(Verifier.isCorrect(due("否"), "不是。")).isTrue();
        assertThat(Verifier.isCorrect(due("iguales"), "Son iguales")).isTrue();
        assertThat(Verifier.isCorrect(due("equal"), "47")).isFalse();
    }

    @Test
    void smallTalkIsNotVerified() {
        Problem talk =
                Problems.next(
                        new SplittableRandom(1), Language.ENGLISH, Kind.SMALL_TALK, Split.TRAIN);
        assertThatThrownBy(() -> Verifier.isCorrect(talk, "hello"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ADDITION");
    }
}

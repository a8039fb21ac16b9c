package dev.cachalot.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class SplitTest {
    private static final Pattern OPERANDS = Pattern.compile("(.+):(\\d+),(\\d+)\\.");

    @Test
    void noHeldOutProblemOccursAmongTwoHundredThousandOfTraining() {
        Set<String> heldOut = new HashSet<>();
        for (Language language : Language.values()) {
            ArithmeticSuite.problems(language, 300, 1)
                    .forEach(problem -> heldOut.add(problem.key()));
        }
        SplittableRandom random = new SplittableRandom(2);
        Language[] languages = Language.values();
        List<Kind> kinds = Kind.arithmetic();
        for (int i = 0; i < 200_000; i++) {
            Problem problem =
                    Problems.next(
                            random, languages[i % 3], kinds.get(i / 3 % kinds.size()), Split.TRAIN);
            assertThat(heldOut.contains(problem.key())).as(problem.toString()).isFalse();
        }
    }

    /** Operand lines such as {@code add:47,85.} in any language; "compare" is the fourth word. */
    @Test
    void noHeldOutCalculationIsWorkedInTheReasoningOfTraining() {
        SplittableRandom random = new SplittableRandom(3);
        List<Language> languages = List.of(Language.values());
        List<Kind> kinds = Kind.arithmetic();
        int steps = 0;
        for (int i = 0; i < 60_000; i++) {
            Language language = languages.get(i % 3);
            Problem problem =
                    Problems.next(random, language, kinds.get(i / 3 % kinds.size()), Split.TRAIN);
            Words words = Words.of(language);
            Map<String, Character> signs =
                    Map.of(
                            words.of(Operation.ADD), '+',
                            words.of(Operation.SUBTRACT), '-',
                            words.of(Operation.MULTIPLY), '*',
                            words.compare(), '?');
            for (String line : problem.reasoning().split("\n", -1)) {
                Matcher operands = OPERANDS.matcher(line);
                if (!operands.matches()) {
                    continue;
                }
                int a = Integer.parseInt(operands.group(2));
                int b = Integer.parseInt(operands.group(3));
                char sign = signs.getOrDefault(operands.group(1), '0');
                String key =
                        sign == '-' ? a + "-" + b : Math.min(a, b) + "" + sign + Math.max(a, b);
                assertThat(Split.of(key)).as("%s in %s", key, problem).isEqualTo(Split.TRAIN);
                steps++;
            }
        }
        assertThat(steps).isGreaterThan(100_000);
    }

    @Test
    void theSplitOfAKeyNeverChanges() {
        assertThat(List.of("47+85", "12*34", "85-47", "347?385").stream().map(Split::of))
                .containsOnly(Split.TRAIN);
        assertThat(List.of("48+85", "19+28", "30*43", "33*44").stream().map(Split::of))
                .containsOnly(Split.TEST);
    }

    @Test
    void aboutOneInTwelveProductsIsHeldOut() {
        int heldOut = 0;
        for (int a = 10; a < 100; a++) {
            for (int b = a; b < 100; b++) {
                if (Split.of(a + "*" + b) == Split.TEST) {
                    heldOut++;
                }
            }
        }
        assertThat(heldOut).isBetween(250, 420);
    }

    @Test
    void keysForgetOrderLanguageAndWording() {
        assertThat(key(Operation.ADD, 85, 47))
                .isEqualTo("47+85")
                .isEqualTo(key(Operation.ADD, 47, 85));
        assertThat(key(Operation.MULTIPLY, 34, 12)).isEqualTo("12*34");
        assertThat(key(Operation.SUBTRACT, 47, 85)).isEqualTo("47-85");
        assertThat(new Exercise.Comparison(Exercise.Ask.LESS, 9, 4).key()).isEqualTo("4?9");
        List<Operation> signs = List.of(Operation.ADD, Operation.MULTIPLY, Operation.SUBTRACT);
        assertThat(new Exercise.Chain(List.of(23, 14, 6, 17), signs).key())
                .isEqualTo("+23+6*14-17");
    }

    private static String key(Operation operation, int a, int b) {
        return new Exercise.Binary(operation, a, b).key();
    }

    @Test
    void theSuiteHasEqualSharesOfDistinctHeldOutProblems() {
        for (Language language : Language.values()) {
            List<Problem> suite = ArithmeticSuite.problems(language, 300, 5);
            assertThat(suite)
                    .hasSize(300)
                    .allMatch(problem -> Split.of(problem.key()) == Split.TEST);
            assertThat(suite).allMatch(problem -> problem.language() == language);
            assertThat(
                            suite.stream()
                                    .collect(
                                            Collectors.groupingBy(
                                                    Problem::kind, Collectors.counting())))
                    .hasSize(6)
                    .allSatisfy((kind, count) -> assertThat(count).isEqualTo(50));
            assertThat(suite.stream().map(problem -> problem.kind() + problem.key()).distinct())
                    .hasSize(300);
            assertThat(ArithmeticSuite.problems(language, 300, 5)).isEqualTo(suite);
            assertThat(ArithmeticSuite.problems(language, 300, 6)).isNotEqualTo(suite);
        }
    }

    @Test
    void aSuiteLargerThanTheProductsThereAreSaysSo() {
        assertThatThrownBy(() -> ArithmeticSuite.problems(Language.ENGLISH, 6_000, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("6000")
                .hasMessageContaining("PRODUCT");
    }

    @Test
    void theSameSeedGivesTheSameProblems() {
        for (Language language : Language.values()) {
            for (Kind kind : Kind.values()) {
                SplittableRandom one = new SplittableRandom(11);
                SplittableRandom two = new SplittableRandom(11);
                for (int i = 0; i < 50; i++) {
                    assertThat(Problems.next(one, language, kind, Split.TRAIN))
                            .isEqualTo(Problems.next(two, language, kind, Split.TRAIN));
                }
            }
        }
    }

    @Test
    void smallTalkHasNoTestSplit() {
        assertThatThrownBy(
                        () ->
                                Problems.next(
                                        new SplittableRandom(1),
                                        Language.SPANISH,
                                        Kind.SMALL_TALK,
                                        Split.TEST))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ADDITION");
    }

    @Test
    void theReadmeQuestionIsOneOfTheWordings() {
        SplittableRandom random = new SplittableRandom(1);
        Exercise sum = new Exercise.Binary(Operation.ADD, 47, 85);
        Set<String> asked = new HashSet<>();
        for (int i = 0; i < 2_000; i++) {
            asked.add(Questions.ask(random, Language.ENGLISH, sum));
        }
        assertThat(asked).contains("What is 47 + 85?", "47+85 = ?", "Add 47 and 85.");
    }
}

package dev.cachalot.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.testing.Cases;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class ReasoningPropertyTest {
    private static final int CASES = 500;

    private static void everyProblem(Consumer<Problem> property) {
        Cases.forAll(
                CASES,
                random -> {
                    for (Language language : Language.values()) {
                        for (Kind kind : Kind.arithmetic()) {
                            for (Split split : Split.values()) {
                                property.accept(Problems.next(random, language, kind, split));
                            }
                        }
                    }
                });
    }

    @Test
    void everyRelationInAReasoningHolds() {
        everyProblem(
                problem -> {
                    List<String> relations = EquationReader.relations(problem.reasoning());
                    assertThat(relations).as(problem.toString()).isNotEmpty();
                    assertThat(relations).as(problem.toString()).allMatch(EquationReader::holds);
                });
    }

    @Test
    void theReaderRejectsAWrongRelation() {
        assertThat(EquationReader.holds("1+4+8=13")).isTrue();
        assertThat(EquationReader.holds("1+4+8=12")).isFalse();
        assertThat(EquationReader.holds("47×85=47×5+47×80")).isTrue();
        assertThat(EquationReader.holds("47×85=47×5+48×80")).isFalse();
        assertThat(EquationReader.holds("4<8")).isTrue();
        assertThat(EquationReader.holds("8<4")).isFalse();
        assertThat(EquationReader.relations("ones:7+5=12 carry:1 result:2\nasked:>"))
                .containsExactly("7+5=12");
    }

    @Test
    void answersEqualExactArithmetic() {
        everyProblem(
                problem -> {
                    String key = problem.key();
                    int middle = key.indexOf('?');
                    if (middle < 0) {
                        assertThat(Integer.parseInt(problem.answer()))
                                .as(problem.toString())
                                .isEqualTo(EquationReader.value(key.replace('*', '×')));
                        return;
                    }
                    int small = Integer.parseInt(key.substring(0, middle));
                    int large = Integer.parseInt(key.substring(middle + 1));
                    Words words = Words.of(problem.language());
                    if (problem.answer().equals(words.equal())) {
                        assertThat(small).isEqualTo(large);
                    } else if (Character.isDigit(problem.answer().charAt(0))) {
                        assertThat(Integer.parseInt(problem.answer())).isIn(small, large);
                        assertThat(problem.reasoning())
                                .endsWith(
                                        problem.answer().equals("" + small)
                                                ? words.smaller() + ":" + small
                                                : words.larger() + ":" + large);
                    } else {
                        char asked = problem.reasoning().charAt(problem.reasoning().length() - 1);
                        String found = EquationReader.relations(problem.reasoning()).getLast();
                        assertThat(problem.answer())
                                .isEqualTo(found.indexOf(asked) >= 0 ? words.yes() : words.no());
                    }
                });
    }

    @Test
    void everyResultKeepsThePreviousOneAndAddsTheDigitJustFound() {
        everyProblem(
                problem -> {
                    Words words = Words.of(problem.language());
                    Pattern step =
                            Pattern.compile(
                                    ".*?[=:](\\d+) (?:[^=<>]*:\\d )?" + words.result() + ":(\\d+)");
                    String before = "";
                    for (String line : problem.reasoning().split("\n", -1)) {
                        if (!line.contains(words.result() + ":")) {
                            before = "";
                            continue;
                        }
                        Matcher matcher = step.matcher(line);
                        assertThat(matcher.matches()).as(line).isTrue();
                        String found = matcher.group(1);
                        String result = matcher.group(2);
                        String last = found.substring(found.length() - 1);
                        assertThat(result).as(line).isIn(last + before, found + before);
                        before = result;
                    }
                });
    }

    @Test
    void theAnswerIsTheLastNumberReached() {
        everyProblem(
                problem -> {
                    if (problem.kind() == Kind.COMPARISON) {
                        return;
                    }
                    String reasoning = problem.reasoning();
                    String last = reasoning.substring(reasoning.lastIndexOf(':') + 1);
                    assertThat(Integer.parseInt(last))
                            .as(problem.toString())
                            .isEqualTo(Integer.parseInt(problem.answer()));
                });
    }

    @Test
    void questionsNameTheNumbersAndNoPlaceholder() {
        everyProblem(
                problem -> {
                    assertThat(problem.question()).doesNotContain("{", "}");
                    for (String number : problem.key().split("[^0-9]+", -1)) {
                        assertThat(problem.question()).as(problem.toString()).contains(number);
                    }
                });
    }

    @Test
    void carriesAndBorrowsAreWorkedOutInFull() {
        assertThat(reasoning(Operation.ADD, 47, 85))
                .isEqualTo(
                        """
                        add:47,85.
                        ones:7+5=12 carry:1 result:2
                        tens:1+4+8=13 carry:1 result:32
                        hundreds:1 result:132""");
        assertThat(reasoning(Operation.SUBTRACT, 99, 1000))
                .isEqualTo(
                        """
                        compare:99,1000.
                        digits:2<4
                        so:99<1000
                        swap:1000>99
                        subtract:1000,99.
                        ones:0<9 10-9=1 borrow:1 result:1
                        tens:9+1=10 0<10 10-10=0 borrow:1 result:01
                        hundreds:0+1=1 0<1 10-1=9 borrow:1 result:901
                        thousands:0+1=1 1=1 1-1=0 borrow:0 result:0901
                        negative:-901""");
        assertThat(reasoning(Operation.MULTIPLY, 40, 30))
                .contains("multiply:40,0.\n40×0=0 result:0\n")
                .contains("tens:4×3=12 12+0=12 result:120\n")
                .contains("add:0,1200.\n")
                .endsWith("result:1200");
    }

    private static String reasoning(Operation operation, int a, int b) {
        Scratch scratch = new Scratch(Words.of(Language.ENGLISH));
        new Exercise.Binary(operation, a, b).reason(scratch, Words.of(Language.ENGLISH));
        return scratch.text();
    }

    @Test
    void lengthsAreReported() {
        SplittableRandom random = new SplittableRandom(7);
        for (Language language : Language.values()) {
            for (Kind kind : Kind.values()) {
                int[] lengths =
                        random.ints(2_000)
                                .map(
                                        ignored ->
                                                Problems.next(random, language, kind, Split.TRAIN)
                                                        .reasoning()
                                                        .length())
                                .sorted()
                                .toArray();
                System.out.printf(
                        "%s %-12s reasoning, characters: median %d, 95 %% %d, longest %d%n",
                        language.code(), kind, lengths[1_000], lengths[1_900], lengths[1_999]);
                assertThat(lengths[0]).isPositive();
            }
        }
    }
}

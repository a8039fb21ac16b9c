package dev.cachalot.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.testing.Cases;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StopMatcherTest {
    private static final List<String> LETTERS = List.of("a", "b", "c", "\ud83d\udc33");

    private record Result(String text, String found) {}

    private static Result match(List<String> stops, List<String> pieces) {
        StopMatcher matcher = new StopMatcher(stops);
        StringBuilder out = new StringBuilder();
        pieces.forEach(piece -> out.append(matcher.accept(piece)));
        out.append(matcher.finish());
        return new Result(out.toString(), matcher.found().orElse(""));
    }

    @Test
    void textEndsBeforeTheStop() {
        assertThat(match(List.of("END"), List.of("one E", "N", "D two")))
                .isEqualTo(new Result("one ", "END"));
    }

    @Test
    void beginningOfAStopThatDoesNotComeIsGivenOut() {
        assertThat(match(List.of("END"), List.of("one E", "N", "d two EN")))
                .isEqualTo(new Result("one ENd two EN", ""));
    }

    @Test
    void nothingComesAfterTheStop() {
        StopMatcher matcher = new StopMatcher(List.of("\n"));
        assertThat(matcher.accept("a\nb")).isEqualTo("a");
        assertThat(matcher.accept("c")).isEmpty();
        assertThat(matcher.finish()).isEmpty();
    }

    @Test
    void longestOfThoseThatEndTogetherIsTaken() {
        assertThat(match(List.of("b", "ab"), List.of("xab"))).isEqualTo(new Result("x", "ab"));
    }

    @Test
    void anyCutGivesTheTextBeforeTheFirstStop() {
        Cases.forAll(
                3000,
                random -> {
                    List<String> stops =
                            IntStream.range(0, random.nextInt(4))
                                    .mapToObj(_ -> "a" + Cuts.mix(LETTERS, 3, random))
                                    .toList();
                    String text = Cuts.mix(LETTERS, 12, random);
                    Result whole = match(stops, List.of(text));
                    assertThat(match(stops, Cuts.of(text, random)))
                            .as("'%s' with stops %s", text, stops)
                            .isEqualTo(whole);
                    assertThat(text).startsWith(whole.text() + whole.found());
                    assertThat(stops).noneMatch(whole.text()::contains);
                    if (whole.found().isEmpty()) {
                        assertThat(whole.text()).isEqualTo(text);
                    }
                });
    }
}

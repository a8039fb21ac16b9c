package dev.cachalot.eval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.tasks.ArithmeticSuite;
import dev.cachalot.tasks.Kind;
import dev.cachalot.tasks.Language;
import dev.cachalot.tasks.Problem;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArithmeticReportTest {

    /** In Spanish every second answer is wrong, elsewhere all are right. */
    private static ArithmeticReport report() {
        List<GradedAnswer> answers = new ArrayList<>();
        for (Language language : Language.values()) {
            List<Problem> problems = ArithmeticSuite.problems(language, 12, 1);
            for (int i = 0; i < problems.size(); i++) {
                boolean right = language != Language.SPANISH || i % 2 == 0;
                answers.add(
                        new GradedAnswer(
                                problems.get(i),
                                "2 < 3 & <b>",
                                right ? problems.get(i).answer() : "x",
                                right,
                                true,
                                9));
            }
        }
        return new ArithmeticReport("a title", answers);
    }

    @Test
    void scoresAreCountedByLanguageAndKind() {
        assertThat(report().total()).isEqualTo(new Score(30, 36));
        assertThat(report().score(List.of(Language.SPANISH), Kind.arithmetic()))
                .isEqualTo(new Score(6, 12));
        assertThat(report().score(List.of(Language.ENGLISH), List.of(Kind.PRODUCT)))
                .isEqualTo(new Score(2, 2));
        assertThat(new Score(0, 0).percent()).isZero();
    }

    @Test
    void textShowsEveryLanguageAndTheTotal() {
        String text = report().text();
        assertThat(text).contains("a title", "word problem", "30 of 36 right");
        assertThat(text.lines().filter(line -> line.startsWith("es")).findFirst().orElseThrow())
                .contains("50.0%");
    }

    @Test
    void pageEscapesWhatTheModelSaid() {
        assertThat(report().html()).contains("2 &lt; 3 &amp; &lt;b&gt;").doesNotContain("<b>");
    }
}

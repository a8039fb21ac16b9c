package dev.cachalot.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReportTest {

    @Test
    void aPageWithoutAnyStepStillStands() {
        String page = Report.html(Recipe.DEFAULTS, ModelRecipe.DEFAULTS.config(2048), List.of());
        assertThat(page).contains("no points yet", "prefers-color-scheme").endsWith("</html>\n");
    }

    @Test
    void longLinesAreThinnedAndStayInsideTheDrawing() {
        List<double[]> points =
                IntStream.rangeClosed(1, 10_000)
                        .mapToObj(i -> new double[] {i, i == 77 ? Double.NaN : Math.sin(i / 500.0)})
                        .toList();
        Chart chart = new Chart("Wave", "", List.of(new Chart.Line("sine", points)), 0, 0);
        String svg = chart.svg();
        assertThat(svg).doesNotContain("NaN").contains("-1", "0.5", "8000");
        List<MatchResult> drawn =
                Pattern.compile("([0-9.-]+),([0-9.-]+) ").matcher(svg).results().toList();
        assertThat(drawn.size()).isBetween(200, 300);
        for (MatchResult point : drawn) {
            assertThat(Double.parseDouble(point.group(1))).isBetween(52.0, 548.0);
            assertThat(Double.parseDouble(point.group(2))).isBetween(10.0, 222.0);
        }
    }

    @Test
    void constantLinesAndSinglePointsAreDrawn() {
        for (double value : new double[] {0, 3.5, -2}) {
            String svg =
                    new Chart(
                                    "Flat",
                                    "x<y",
                                    List.of(new Chart.Line("a", List.of(new double[] {1, value}))),
                                    0,
                                    0)
                            .svg();
            assertThat(svg).contains("<circle", "x&lt;y").doesNotContain("NaN", "Infinity");
        }
    }

    @Test
    void theProgressLineSaysStepLossSpeedAndTimeLeft() {
        StepRecord step =
                new StepRecord(
                        12, 0.1, 999, 0, 1.23456, 0, 0.5, 1e-3, 1, 4321.4, 60, List.of(), null);
        assertThat(ProgressLine.line(step, 2000, 3725))
                .isEqualTo(
                        "step 12 of 2,000  loss 1.2346  right 50.0 %  4,321 tokens/s  1:02:05 left");
    }
}

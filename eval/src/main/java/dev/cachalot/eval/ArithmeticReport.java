package dev.cachalot.eval;

import dev.cachalot.tasks.Kind;
import dev.cachalot.tasks.Language;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Graded answers of the arithmetic suite as tables by language and kind of problem.
 *
 * @param title what was asked, in one line
 */
public record ArithmeticReport(String title, List<GradedAnswer> answers) {
    public ArithmeticReport {
        answers = List.copyOf(answers);
    }

    /** The score of one language and kind; either may be left open. */
    public Score score(List<Language> languages, List<Kind> kinds) {
        return Score.of(
                answers.stream()
                        .filter(
                                each ->
                                        languages.contains(each.problem().language())
                                                && kinds.contains(each.problem().kind()))
                        .toList());
    }

    /** All answers' score. */
    public Score total() {
        return Score.of(answers);
    }

    private record Row(String name, List<Language> languages) {}

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Language language : Language.values()) {
            rows.add(new Row(language.code(), List.of(language)));
        }
        rows.add(new Row("all", List.of(Language.values())));
        return rows;
    }

    private static String words(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** A plain table for a terminal: per cent right. */
    public String text() {
        StringBuilder text = new StringBuilder(title).append('\n');
        text.append("%-6s".formatted(""));
        for (Kind kind : Kind.arithmetic()) {
            text.append("%14s".formatted(words(kind)));
        }
        text.append("%14s%n".formatted("all"));
        for (Row row : rows()) {
            text.append("%-6s".formatted(row.name()));
            for (Kind kind : Kind.arithmetic()) {
                text.append("%13.1f%%".formatted(score(row.languages(), List.of(kind)).percent()));
            }
            text.append(
                    "%13.1f%%%n".formatted(score(row.languages(), Kind.arithmetic()).percent()));
        }
        Score total = total();
        return text.append("%d of %d right%n".formatted(total.right(), total.total())).toString();
    }

    /** The same table and every wrong answer as a page of its own. */
    public String html() {
        StringBuilder page =
                new StringBuilder(
                        """
                <!doctype html><html lang="en"><head><meta charset="utf-8">
                <meta name="viewport" content="width=device-width"><title>Cachalot evaluation</title><style>
                :root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;
                padding:0 1rem}table{border-collapse:collapse}td,th{padding:.3rem .8rem;text-align:right;
                border-bottom:1px solid #8884}th:first-child{text-align:left}details{margin:.4rem 0}
                pre{white-space:pre-wrap;background:#8881;padding:.6rem}</style></head><body>
                """);
        page.append("<h1>").append(escape(title)).append("</h1><table><tr><th></th>");
        Kind.arithmetic().forEach(kind -> page.append("<th>").append(words(kind)).append("</th>"));
        page.append("<th>all</th></tr>");
        for (Row row : rows()) {
            page.append("<tr><th>").append(row.name()).append("</th>");
            for (Kind kind : Kind.arithmetic()) {
                cell(page, score(row.languages(), List.of(kind)));
            }
            cell(page, score(row.languages(), Kind.arithmetic()));
            page.append("</tr>");
        }
        page.append("</table><h2>Wrong answers</h2>");
        answers.stream().filter(each -> !each.correct()).forEach(each -> wrong(page, each));
        return page.append("</body></html>\n").toString();
    }

    private static void cell(StringBuilder page, Score score) {
        page.append(
                "<td title=\"%d of %d\">%.1f %%</td>"
                        .formatted(score.right(), score.total(), score.percent()));
    }

    private static void wrong(StringBuilder page, GradedAnswer each) {
        page.append("<details><summary>")
                .append(escape(each.problem().question()))
                .append(" &rarr; ")
                .append(escape(each.answer().isBlank() ? "no answer" : each.answer()))
                .append(" (expected ")
                .append(escape(each.problem().answer()))
                .append(")</summary><pre>")
                .append(escape(each.reasoning()))
                .append("</pre></details>");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}

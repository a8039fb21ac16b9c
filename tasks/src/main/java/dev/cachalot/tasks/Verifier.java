package dev.cachalot.tasks;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Decides whether a reply holds the answer of a problem. */
public final class Verifier {
    private static final Pattern NUMBER = Pattern.compile("(?<![0-9.])-?[0-9]+(?:\\.[0-9]+)?");
    private static final Pattern NEGATION = Pattern.compile("\\b(?:no|not)\\b|否|不");
    private static final Pattern AFFIRMATION = Pattern.compile("\\b(?:yes|si)\\b|是|对");
    private static final Pattern EQUALITY = Pattern.compile("\\b(?:equal|iguales|same)\\b|相等|一样");

    /**
     * Whether {@code answerText} answers {@code problem}. Where a number is due, the last number of
     * the text counts, after full-width digits, thousands separators, spaces and a full stop at the
     * end are normalised; where a word is due, a negation counts before an affirmation.
     *
     * @throws IllegalArgumentException for small talk, which has no one right answer
     */
    public static boolean isCorrect(Problem problem, String answerText) {
        if (problem.kind() == Kind.SMALL_TALK) {
            throw new IllegalArgumentException(
                    "small talk ('%s') cannot be verified; expected one of %s"
                            .formatted(problem.question(), Kind.arithmetic()));
        }
        String due = normalise(problem.answer());
        String given = normalise(answerText);
        return due.matches("-?[0-9]+")
                ? due.equals(lastNumber(given))
                : word(due).equals(word(given));
    }

    private static String normalise(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKD)
                .replaceAll("\\p{M}", "")
                .replaceAll("[\u2212\u2013]", "-")
                .replaceAll("(?<=[0-9])[,. \u3001](?=[0-9]{3}(?![0-9]))", "")
                .toLowerCase(Locale.ROOT)
                .strip();
    }

    private static String lastNumber(String text) {
        Matcher matcher = NUMBER.matcher(text);
        String last = "";
        while (matcher.find()) {
            last = matcher.group();
        }
        return last.replaceAll("\\.0+$", "");
    }

    private static String word(String text) {
        if (EQUALITY.matcher(text).find()) {
            return "equal";
        }
        if (NEGATION.matcher(text).find()) {
            return "no";
        }
        return AFFIRMATION.matcher(text).find() ? "yes" : "";
    }

    private Verifier() {}
}

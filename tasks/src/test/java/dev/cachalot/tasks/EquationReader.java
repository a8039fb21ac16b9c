package dev.cachalot.tasks;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the equations and inequalities out of any text and recomputes them; it shares nothing with
 * the writer of the reasoning.
 */
final class EquationReader {
    private static final String SIDE = "[0-9]+(?:[-+×][0-9]+)*";
    private static final Pattern RELATIONS =
            Pattern.compile("(?<![-+×0-9])" + SIDE + "(?:[=<>]" + SIDE + ")+");

    /** The relations of the text, whole, such as {@code 1+4+8=13}. */
    static List<String> relations(String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = RELATIONS.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group());
        }
        return found;
    }

    static boolean holds(String relation) {
        String[] sides = relation.split("[=<>]", -1);
        String signs = relation.replaceAll("[^=<>]", "");
        for (int i = 0; i < signs.length(); i++) {
            int order = Integer.compare(value(sides[i]), value(sides[i + 1]));
            if (order != "<=>".indexOf(signs.charAt(i)) - 1) {
                return false;
            }
        }
        return true;
    }

    /** The value of a sum of products, products before sums. */
    static int value(String expression) {
        int sum = 0;
        Matcher term = Pattern.compile("([-+]?)([0-9]+(?:×[0-9]+)*)").matcher(expression);
        while (term.find()) {
            int product = 1;
            for (String factor : term.group(2).split("×", -1)) {
                product *= Integer.parseInt(factor);
            }
            sum += term.group(1).equals("-") ? -product : product;
        }
        return sum;
    }

    private EquationReader() {}
}

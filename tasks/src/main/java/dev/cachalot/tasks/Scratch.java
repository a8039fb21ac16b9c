package dev.cachalot.tasks;

import java.util.ArrayList;
import java.util.List;

/**
 * The scratch paper of one reasoning: written methods, column by column from the ones.
 *
 * <p>Each method first writes its operands on a line of their own, then one line a place. A line
 * names its place, so its digits are found in the operand line, and ends with the result so far, so
 * the last line holds the answer to copy.
 */
final class Scratch {
    private final Words words;
    private final List<String> lines = new ArrayList<>();
    private final List<String> steps = new ArrayList<>();

    Scratch(Words words) {
        this.words = words;
    }

    void line(String text) {
        lines.add(text);
    }

    String text() {
        return String.join("\n", lines);
    }

    /**
     * The {@linkplain Problem#key() keys} of the calculations written down so far, each worked as a
     * problem of its own would be.
     */
    List<String> steps() {
        return List.copyOf(steps);
    }

    int apply(Operation operation, int a, int b) {
        return switch (operation) {
            case ADD -> add(a, b);
            case SUBTRACT -> subtract(a, b);
            case MULTIPLY -> multiply(a, b);
        };
    }

    int add(int a, int b) {
        operands(Operation.ADD, a, b);
        int columns = length(Math.max(a, b));
        int carry = 0;
        String result = "";
        for (int place = 0; place < columns; place++) {
            int x = digit(a, place);
            int y = digit(b, place);
            int sum = carry + x + y;
            String terms = (carry == 0 ? "" : carry + "+") + x + "+" + y;
            carry = sum / 10;
            result = sum % 10 + result;
            line(
                    place(place)
                            + terms
                            + "="
                            + sum
                            + " "
                            + words.carry()
                            + ":"
                            + carry
                            + result(result));
        }
        if (carry > 0) {
            line(place(columns) + carry + result(carry + result));
        }
        return a + b;
    }

    /** Column subtraction; {@code a} must not be smaller than {@code b}. */
    int subtract(int a, int b) {
        operands(Operation.SUBTRACT, a, b);
        int columns = length(a);
        int borrow = 0;
        String result = "";
        for (int place = 0; place < columns; place++) {
            int x = digit(a, place);
            int y = digit(b, place);
            StringBuilder text = new StringBuilder(place(place));
            if (borrow > 0) {
                text.append(y).append("+1=").append(y + 1).append(' ');
                y++;
            }
            text.append(relation(x, y)).append(' ');
            borrow = x < y ? 1 : 0;
            x += 10 * borrow;
            result = (x - y) + result;
            text.append(x).append('-').append(y).append('=').append(x - y);
            line(
                    text.append(' ').append(words.borrow()).append(':').append(borrow)
                            + result(result));
        }
        return a - b;
    }

    /** Subtraction in either order: compares first, and swaps when the result will be negative. */
    int difference(int a, int b) {
        compare(a, b);
        if (a >= b) {
            subtract(a, b);
        } else {
            line(words.swap() + ":" + relation(b, a));
            subtract(b, a);
            line(words.negative() + ":" + (a - b));
        }
        return a - b;
    }

    /** Numbers below 100; {@code a} has two digits, or neither has. */
    int multiply(int a, int b) {
        if (b < 10) {
            return times(a, b);
        }
        int ones = b % 10;
        int tens = b / 10;
        line("%s:%d×%d=%d×%d+%d×%d0".formatted(words.multiply(), a, b, a, ones, a, tens));
        return add(times(a, ones), 10 * times(a, tens));
    }

    private int times(int a, int digit) {
        operands(Operation.MULTIPLY, a, digit);
        if (digit == 0) {
            line(a + "×0=0" + result("0"));
            return 0;
        }
        int ones = a % 10 * digit;
        if (a < 10) {
            line(place(0) + a + "×" + digit + "=" + ones + result("" + ones));
            return ones;
        }
        int carry = ones / 10;
        line(
                "%s%d×%d=%d %s:%d%s"
                        .formatted(
                                place(0),
                                a % 10,
                                digit,
                                ones,
                                words.carry(),
                                carry,
                                result("" + ones % 10)));
        int tens = a / 10 * digit;
        line(
                "%s%d×%d=%d %d+%d=%d%s"
                        .formatted(
                                place(1),
                                a / 10,
                                digit,
                                tens,
                                tens,
                                carry,
                                tens + carry,
                                result("" + a * digit)));
        return a * digit;
    }

    /** Compares the lengths, then digits from the left until they differ. */
    void compare(int a, int b) {
        steps.add(new Exercise.Comparison(Exercise.Ask.EQUAL, a, b).key());
        line(words.compare() + ":" + a + "," + b + ".");
        StringBuilder text = new StringBuilder(words.digits()).append(':');
        text.append(relation(length(a), length(b)));
        if (length(a) == length(b)) {
            for (int place = length(a) - 1; place >= 0; place--) {
                text.append(' ')
                        .append(place(place))
                        .append(relation(digit(a, place), digit(b, place)));
                if (digit(a, place) != digit(b, place)) {
                    break;
                }
            }
        }
        line(text.toString());
        line(words.so() + ":" + relation(a, b));
    }

    /** The line that digits are looked up in; comma and full stop occur nowhere else. */
    private void operands(Operation operation, int a, int b) {
        steps.add(new Exercise.Binary(operation, a, b).key());
        line(words.of(operation) + ":" + a + "," + b + ".");
    }

    static String relation(int a, int b) {
        return a + (a < b ? "<" : a > b ? ">" : "=") + b;
    }

    private String place(int place) {
        return words.places().get(place) + ":";
    }

    private String result(String digits) {
        return " " + words.result() + ":" + digits;
    }

    private static int length(int value) {
        return Integer.toString(value).length();
    }

    private static int digit(int value, int place) {
        for (int i = 0; i < place; i++) {
            value /= 10;
        }
        return value % 10;
    }
}

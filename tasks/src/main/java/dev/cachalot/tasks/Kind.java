package dev.cachalot.tasks;

import java.util.List;

/** What a problem asks for. */
public enum Kind {
    /** The sum of two numbers of one to four digits. */
    ADDITION,
    /** The difference of two numbers of one to four digits; it may be negative. */
    SUBTRACTION,
    /** The product of two two-digit numbers. */
    PRODUCT,
    /** Four numbers and three operations, multiplication before the rest. */
    CHAIN,
    /** Which of two numbers is larger or smaller, or whether a relation holds. */
    COMPARISON,
    /** A short story that needs one operation. */
    WORD_PROBLEM,
    /** Greetings and questions that arithmetic does not answer: in training only. */
    SMALL_TALK;

    private static final List<Kind> ARITHMETIC =
            List.of(ADDITION, SUBTRACTION, PRODUCT, CHAIN, COMPARISON, WORD_PROBLEM);

    /** The six kinds that can be verified, in the order of reports. */
    public static List<Kind> arithmetic() {
        return ARITHMETIC;
    }
}

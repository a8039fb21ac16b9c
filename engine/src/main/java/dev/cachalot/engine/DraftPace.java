package dev.cachalot.engine;

/**
 * How long a sequence's drafts from one drafter may be. Drafts that are right grow, drafts that are
 * wrong shrink and use up a credit that right ones and plain progress earn: of a completion of n
 * tokens with a right guesses, at most {@value #FIRST_CREDIT} + 2 a + n / {@value #UNIT} are wrong.
 */
final class DraftPace {
    static final int UNIT = 16; // a token given out earns one part of so many of a wrong guess
    static final int FIRST_CREDIT = 8; // wrong guesses
    private static final int LARGEST_CREDIT = 32;
    private static final int FIRST_LENGTH = 4;
    private static final int LONGEST = 15;

    private int length = FIRST_LENGTH;
    private int credit = FIRST_CREDIT * UNIT;

    /** Most tokens of the next draft; may be 0. */
    int most() {
        return Math.min(length, credit / UNIT);
    }

    /** A draft was checked. */
    void checked(int drafted, int accepted) {
        earn(2 * UNIT * accepted - UNIT * (drafted - accepted));
        length =
                accepted == drafted
                        ? Math.min(LONGEST, 2 * length)
                        : Math.max(1, Math.max(accepted, length / 2));
    }

    /** Tokens were given out. */
    void given(int tokens) {
        earn(tokens);
    }

    private void earn(int parts) {
        credit = Math.min(LARGEST_CREDIT * UNIT, credit + parts);
    }
}

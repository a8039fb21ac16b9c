package dev.cachalot.engine;

/**
 * Guesses that what followed the last few tokens before follows them again: texts are quoted,
 * corrected and continued by their pattern. Takes the longest match of {@value #SHORTEST} to
 * {@value #LONGEST} tokens, and among equals the last one (prompt look-up decoding, Saxena 2023; as
 * a reference in Yang et al., arXiv 2304.04487).
 */
final class PromptLookup implements Drafter {
    static final int SHORTEST = 2;
    static final int LONGEST = 8;

    @Override
    public int draft(Sequence sequence, int most, int[] draft) {
        int[] tokens = sequence.tokens();
        int length = sequence.length();
        int found = 0; // tokens of the longest match so far
        int follows = 0; // where it ends
        for (int end = length - 1; end >= SHORTEST && found < LONGEST; end--) {
            int matched = matched(tokens, end, length);
            if (matched > found) {
                found = matched;
                follows = end;
            }
        }
        if (found < SHORTEST) {
            return 0;
        }
        for (int i = 0; i < most; i++) { // past the known tokens the guess goes on from itself
            int from = follows + i;
            draft[i] = from < length ? tokens[from] : draft[from - length];
        }
        return most;
    }

    /** How many tokens before {@code end} equal those before {@code length}. */
    private static int matched(int[] tokens, int end, int length) {
        int count = 0;
        while (count < LONGEST
                && count < end
                && tokens[end - 1 - count] == tokens[length - 1 - count]) {
            count++;
        }
        return count;
    }
}

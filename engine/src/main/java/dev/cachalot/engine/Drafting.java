package dev.cachalot.engine;

/** Decides who guesses for a sequence, and how far. Owned by the engine thread. */
final class Drafting {
    /**
     * Rows of a step for sequences that generate, drafts included: as long as reading the weights
     * takes most of the time, further rows are nearly free. More sequences leave less for each.
     */
    static final int ROWS = 16;

    private final Speculation speculation;
    private final Drafter lookup = new PromptLookup();
    private final int[] draft = new int[ROWS];

    Drafting(Speculation speculation) {
        this.speculation = speculation;
    }

    /** Most guesses for each of so many sequences. */
    int most(int generating) {
        return speculation == Speculation.OFF || generating == 0 ? 0 : ROWS / generating - 1;
    }

    /**
     * Gives the sequence a draft of up to {@code most} tokens, or none. Where look-up and the
     * multi-token-prediction block disagree, the block is asked: it knows the text, and look-up
     * only its letters.
     */
    void draft(Sequence sequence, int most) {
        DraftPace pace = sequence.lookupPace();
        int longest = speculation.looksUp() ? Math.min(most, pace.most()) : 0;
        int count = longest > 0 ? lookup.draft(sequence, longest, draft) : 0;
        int guess = speculation.asksTheBlock() ? sequence.guess() : Sequence.NO_GUESS;
        boolean free = most > 0 && sequence.blockPace().most() > 0;
        if (guess != Sequence.NO_GUESS && free && (count == 0 || draft[0] != guess)) {
            pace = sequence.blockPace();
            draft[0] = guess;
            count = 1;
        }
        count = beforeStop(sequence, count);
        if (count > 0) {
            sequence.draft(draft, count, pace);
        }
    }

    /** A token that ends the completion needs no row after it. */
    private int beforeStop(Sequence sequence, int count) {
        for (int i = 0; i < count; i++) {
            if (sequence.request().stopIds().contains(draft[i])) {
                return i;
            }
        }
        return count;
    }
}

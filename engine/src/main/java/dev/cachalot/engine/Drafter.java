package dev.cachalot.engine;

/** Guesses how a sequence goes on. A wrong guess costs time only. */
interface Drafter {

    /**
     * Puts the likely next tokens of a sequence into {@code draft}.
     *
     * @param most at least 1; {@code draft} is as long
     * @return how many; 0 where it has no idea
     */
    int draft(Sequence sequence, int most, int[] draft);
}

package dev.cachalot.tasks;

import java.util.SplittableRandom;

/** Generates problems. */
public final class Problems {

    /**
     * The next problem of a language, kind and split; the same generator state gives the same
     * problem.
     *
     * <p>A problem of the training split has no calculation of the test split among its steps.
     *
     * <p>Products of the test split have two-digit factors only; one in eight products of the
     * training split has smaller ones too. Chains of the test split have three operations; one in
     * four of the training split has two.
     *
     * @throws IllegalArgumentException for small talk of the test split: there is none
     */
    public static Problem next(SplittableRandom random, Language language, Kind kind, Split split) {
        if (kind == Kind.SMALL_TALK) {
            if (split == Split.TEST) {
                throw new IllegalArgumentException(
                        "small talk has no test split, because it cannot be verified; expected one of "
                                + Kind.arithmetic());
            }
            return SmallTalk.next(random, language);
        }
        while (true) {
            Exercise exercise =
                    switch (kind) {
                        case ADDITION -> Draw.sum(random);
                        case SUBTRACTION -> Draw.difference(random);
                        case PRODUCT ->
                                Draw.product(
                                        random,
                                        split == Split.TRAIN && random.nextInt(8) == 0 ? 2 : 10);
                        case CHAIN ->
                                Draw.chain(
                                        random,
                                        split == Split.TRAIN && random.nextInt(4) == 0 ? 2 : 3);
                        case COMPARISON -> Draw.comparison(random);
                        case WORD_PROBLEM -> Draw.story(random);
                        case SMALL_TALK -> throw new AssertionError("returned above");
                    };
            if (isOf(split, exercise)) {
                return problem(random, language, kind, exercise);
            }
        }
    }

    /** What is learnt from holds no held-out calculation, not even as a step of a longer one. */
    private static boolean isOf(Split split, Exercise exercise) {
        if (Split.of(exercise.key()) != split) {
            return false;
        }
        Words words = Words.of(Language.ENGLISH); // the steps are the same in every language
        Scratch scratch = new Scratch(words);
        exercise.reason(scratch, words);
        return split == Split.TEST
                || scratch.steps().stream().allMatch(step -> Split.of(step) == Split.TRAIN);
    }

    private static Problem problem(
            SplittableRandom random, Language language, Kind kind, Exercise exercise) {
        Words words = Words.of(language);
        Scratch scratch = new Scratch(words);
        String question;
        if (kind == Kind.WORD_PROBLEM && exercise instanceof Exercise.Binary binary) {
            Stories.Story story = Stories.tell(random, language, binary);
            question = story.question();
            scratch.line(story.insight());
        } else {
            question = Questions.ask(random, language, exercise);
        }
        exercise.reason(scratch, words);
        return new Problem(
                language, kind, exercise.key(), question, scratch.text(), exercise.answer(words));
    }

    private Problems() {}
}

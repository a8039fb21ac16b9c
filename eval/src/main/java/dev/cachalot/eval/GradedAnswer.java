package dev.cachalot.eval;

import dev.cachalot.tasks.Problem;

/**
 * One problem, what the model said, and whether that was right.
 *
 * @param reasoning what it thought first; empty without thinking
 * @param finished whether it ended by itself, within its tokens
 * @param completionTokens reasoning included
 */
public record GradedAnswer(
        Problem problem,
        String reasoning,
        String answer,
        boolean correct,
        boolean finished,
        int completionTokens) {}

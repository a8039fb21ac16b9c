package dev.cachalot.tasks;

/**
 * A question with its worked reasoning and its answer.
 *
 * @param key the arithmetic content, free of language and wording, operands of commutative
 *     operations sorted: equal for all problems that come to the same calculation
 * @param question what the user asks
 * @param reasoning lines that lead to the answer, without the thinking tags
 * @param answer what to reply: a number, or a word such as "yes"
 */
public record Problem(
        Language language,
        Kind kind,
        String key,
        String question,
        String reasoning,
        String answer) {}

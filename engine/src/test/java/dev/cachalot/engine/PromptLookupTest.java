package dev.cachalot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PromptLookupTest {
    private static int[] draft(int most, int... tokens) {
        Sequence sequence = new Sequence(0, Completion.greedy(tokens, 1), new QueuedStream(), 0);
        int[] draft = new int[most];
        return Arrays.copyOf(draft, new PromptLookup().draft(sequence, most, draft));
    }

    @Test
    void whatFollowedTheSamePairIsGuessed() {
        assertThat(draft(3, 1, 2, 3, 4, 5, 9, 1, 2)).containsExactly(3, 4, 5);
    }

    @Test
    void oneTokenAloneIsNoReason() {
        assertThat(draft(3, 1, 2, 3, 4, 5, 9, 2)).isEmpty();
        assertThat(draft(3, 7)).isEmpty();
        assertThat(draft(3, 7, 7)).isEmpty();
    }

    @Test
    void theLongestMatchWinsAndAmongEqualsTheLast() {
        assertThat(draft(1, 5, 1, 2, 30, 6, 1, 2, 40, 5, 1, 2)).containsExactly(30);
        assertThat(draft(1, 5, 1, 2, 30, 5, 1, 2, 40, 5, 1, 2)).containsExactly(40);
        assertThat(draft(1, 1, 2, 30, 8, 1, 2, 40, 9, 1, 2)).containsExactly(40);
    }

    @Test
    void patternsAreContinuedPastTheirEnd() {
        assertThat(draft(7, 1, 2, 3, 1, 2, 3, 1, 2)).containsExactly(3, 1, 2, 3, 1, 2, 3);
        assertThat(draft(4, 7, 7, 7)).containsExactly(7, 7, 7, 7);
    }
}

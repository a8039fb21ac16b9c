package dev.cachalot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.testing.Cases;
import org.junit.jupiter.api.Test;

class DraftPaceTest {
    @Test
    void wrongGuessesStayWithinTheirBoundWhateverHappens() {
        Cases.forAll(
                200,
                random -> {
                    DraftPace pace = new DraftPace();
                    long right = 0;
                    long wrong = 0;
                    long given = 0;
                    double luck = random.nextDouble();
                    for (int step = 0; step < 2000; step++) {
                        int drafted = random.nextInt(4) == 0 ? 0 : pace.most();
                        int accepted = 0;
                        while (accepted < drafted && random.nextDouble() < luck) {
                            accepted++;
                        }
                        if (drafted > 0) {
                            pace.checked(drafted, accepted);
                        }
                        for (int i = 0; i <= accepted; i++) {
                            pace.given(1);
                        }
                        right += accepted;
                        wrong += drafted - accepted;
                        given += accepted + 1;
                        assertThat(pace.most()).isBetween(0, 15);
                        assertThat(wrong).isLessThanOrEqualTo(8 + 2 * right + given / 16);
                    }
                });
    }

    @Test
    void rightGuessesReachTheLongestDraftInTwoSteps() {
        DraftPace pace = new DraftPace();
        assertThat(pace.most()).isEqualTo(4);
        pace.checked(4, 4);
        assertThat(pace.most()).isEqualTo(8);
        pace.checked(8, 8);
        assertThat(pace.most()).isEqualTo(15);
    }

    @Test
    void afterLongUselessnessOneWrongGuessComesEverySixteenTokens() {
        DraftPace pace = new DraftPace();
        while (pace.most() > 0) {
            pace.checked(pace.most(), 0);
        }
        int drafted = 0;
        for (int i = 0; i < 160; i++) {
            pace.given(1);
            if (pace.most() > 0) {
                assertThat(pace.most()).isEqualTo(1);
                pace.checked(1, 0);
                drafted++;
            }
        }
        assertThat(drafted).isEqualTo(10);
    }
}

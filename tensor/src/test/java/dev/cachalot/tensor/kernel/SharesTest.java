package dev.cachalot.tensor.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.tensor.WorkerPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How work is dealt out in shrinking tasks. */
class SharesTest {
    private static final int[] COLUMNS = {100, 7, 1, 64, 33};
    private static final long EACH = 10;
    private static final int GRAIN = 2;

    private record Part(int job, int from, int to) {}

    /** The parts that were run, in the order in which one thread comes to them. */
    private static List<Part> run(int threads, long worth) {
        long cost = EACH * Arrays.stream(COLUMNS).sum();
        Shares shares = new Shares(new Units(), cost, threads, 8, worth);
        for (int job = 0; job < COLUMNS.length; job++) {
            shares.add(job, 0, 1, COLUMNS[job], GRAIN, EACH);
        }
        List<Part> parts = new ArrayList<>();
        try (WorkerPool pool = new WorkerPool(1)) {
            shares.run(pool, (job, _, _, from, to, _) -> parts.add(new Part(job, from, to)));
        }
        return parts;
    }

    @Test
    void everyColumnIsDoneOnceInItsOrder() {
        for (int threads : new int[] {1, 2, 16}) {
            int job = 0;
            int column = 0;
            for (Part part : run(threads, 1)) {
                if (part.job() > job) {
                    assertThat(column).as("columns of job %d", job).isEqualTo(COLUMNS[job]);
                    job++;
                    column = 0;
                }
                assertThat(part.job()).isEqualTo(job);
                assertThat(part.from()).isEqualTo(column).isLessThan(part.to());
                assertThat(part.from() % GRAIN).isZero();
                column = part.to();
            }
            assertThat(job).isEqualTo(COLUMNS.length - 1);
            assertThat(column).isEqualTo(COLUMNS[job]);
        }
    }

    @Test
    void tasksStartWithAQuarterForTwoThreadsAndShrinkToASixteenth() {
        List<Part> parts = run(2, 1);
        assertThat(parts.getFirst().to()).isEqualTo(52); // of 205 columns, in whole grains
        int[] first =
                parts.stream().filter(part -> part.job() == 0).mapToInt(SharesTest::size).toArray();
        assertThat(first).isSortedAccordingTo((a, b) -> b - a).hasSizeBetween(2, 4);
        assertThat(parts).allMatch(part -> size(part) <= 52);
        assertThat(size(parts.getLast())).isLessThanOrEqualTo(20);
    }

    @Test
    void littleWorkIsNotCut() {
        assertThat(run(2, 1 << 20)).hasSize(COLUMNS.length);
    }

    private static int size(Part part) {
        return part.to() - part.from();
    }
}

package dev.cachalot.library.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class WorkspaceMeterTest {
    private static final long MIB = 1L << 20;
    private static final long FLOATS = MIB / Float.BYTES; // of a MiB

    private final WorkspaceMeter meter = new WorkspaceMeter();

    @Test
    void aChunkIsInMemoryAsFarAsItWasUsed() {
        meter.take(3, FLOATS);
        assertThat(meter.heldBytes()).isEqualTo(32 * MIB);
        assertThat(meter.bytes()).isEqualTo(4 * MIB); // two large pages
        meter.take(30, FLOATS); // no longer fits beside it
        assertThat(meter.heldBytes()).isEqualTo(64 * MIB);
        assertThat(meter.bytes()).isEqualTo(34 * MIB);
    }

    @Test
    void whatWasReleasedStaysAndIsUsedAgain() {
        WorkspaceMeter.Mark mark = meter.mark();
        meter.take(7, FLOATS);
        meter.release(mark);
        meter.take(5, FLOATS);
        assertThat(meter.bytes()).isEqualTo(8 * MIB);
        assertThat(meter.most()).isEqualTo(8 * MIB);
    }
}

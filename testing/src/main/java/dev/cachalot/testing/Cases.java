package dev.cachalot.testing;

import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Runs a property for many seeds; a failure names the one seed that reproduces it. */
public final class Cases {
    private static final long FIRST = Long.getLong("cachalot.seed", 20_250_916L);

    /** Runs {@code property} {@code count} times, each with a generator of its own seed. */
    public static void forAll(int count, Consumer<SplittableRandom> property) {
        for (int i = 0; i < count; i++) {
            long seed = FIRST + i;
            try {
                property.accept(new SplittableRandom(seed));
            } catch (Throwable failure) {
                throw new AssertionError("rerun with -Dcachalot.seed=" + seed, failure);
            }
        }
    }

    private Cases() {}
}

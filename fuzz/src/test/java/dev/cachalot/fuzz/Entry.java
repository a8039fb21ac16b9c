package dev.cachalot.fuzz;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What Jazzer calls: the names and signatures are its own. */
public final class Entry {
    private static @Nullable Target target; // set before the first input

    /** Takes the target's name. */
    public static void fuzzerInitialize(String[] args) {
        target = Targets.find(args[0]).orElseThrow();
    }

    /** One input. */
    public static void fuzzerTestOneInput(byte[] input) {
        Watch.readHooked(Objects.requireNonNull(target), input);
    }

    private Entry() {}
}

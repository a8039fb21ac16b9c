package dev.cachalot.fuzz;

import java.util.Map;
import java.util.Set;

/** One reader under attack. */
public interface Target {
    /** What {@code bin/fuzz} and the folders of findings call it. */
    String name();

    /**
     * Gives the input to the reader and uses all that it makes of it. Ends normally, or in one of
     * {@link #refusals}; properties that do not hold are {@link AssertionError}s.
     */
    void read(byte[] input) throws Exception;

    /** The room's own exceptions; anything else that comes out is a finding. */
    Set<Class<? extends Exception>> refusals();

    /** Valid inputs by name, from which mutations start. */
    Map<String, byte[]> seeds() throws Exception;

    /** Seconds of its thread's own time that an input may cost. */
    default int mostSeconds() {
        return 5;
    }

    /** Bytes on the heap that an input may cost, however short it is. */
    default long mostBytes() {
        return 96L << 20;
    }

    /** The same under Jazzer, which encodes both texts whenever two are compared. */
    default long mostBytesHooked() {
        return mostBytes();
    }

    /** Whether the target connects to this machine; Jazzer takes any connection for a finding. */
    default boolean connects() {
        return false;
    }

    /** Words of the format that mutations may put in. */
    default Set<String> words() {
        return Set.of();
    }
}

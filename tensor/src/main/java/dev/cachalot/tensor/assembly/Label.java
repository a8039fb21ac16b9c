package dev.cachalot.tensor.assembly;

import org.jspecify.annotations.Nullable;

/** A place in the code, bound once by {@link Assembler#bind}; jumps may come before it. */
public final class Label {
    private @Nullable CodeBuffer owner; // set once, when bound
    private int position;

    /** Whether it has a place in that code. */
    boolean boundIn(CodeBuffer code) {
        return owner == code;
    }

    /** Bytes from the start of the code it is bound in. */
    int position() {
        return position;
    }

    void bind(CodeBuffer code, int at) {
        if (owner != null) {
            throw new IllegalStateException(
                    "the label is bound at byte " + position + " already; make another for " + at);
        }
        owner = code;
        position = at;
    }
}

package dev.cachalot.tensor.assembly;

/** A place in the code, bound once by {@link Assembler#bind}; jumps may come before it. */
public final class Label {
    private int position = -1; // set once, by the assembler it is bound in

    boolean bound() {
        return position >= 0;
    }

    int position() {
        return position;
    }

    void bind(int at) {
        if (bound()) {
            throw new IllegalStateException(
                    "the label is bound at byte " + position + " already; make another for " + at);
        }
        position = at;
    }
}

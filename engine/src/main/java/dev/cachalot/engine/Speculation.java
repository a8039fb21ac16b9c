package dev.cachalot.engine;

import java.util.Locale;

/**
 * Where guesses of the next tokens come from, which one forward checks all at once. They change how
 * many forwards a completion takes, and not one bit of it.
 */
public enum Speculation {
    /** By the multi-token-prediction block where the model has one, and by look-up. */
    AUTO,
    /** One token a forward. */
    OFF,
    /** What followed the same tokens earlier in prompt or completion. */
    LOOKUP,
    /** What the model's multi-token-prediction block says. */
    MTP;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean looksUp() {
        return this == AUTO || this == LOOKUP;
    }

    boolean asksTheBlock() {
        return this == AUTO || this == MTP;
    }
}

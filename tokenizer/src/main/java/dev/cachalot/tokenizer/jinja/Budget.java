package dev.cachalot.tokenizer.jinja;

/** How much a template may do; each limit ends it with an error that names the limit. */
public final class Budget {
    static final int DEPTH = 300;
    private static final long STEPS = 5_000_000;
    private static final long NANOS = 5_000_000_000L;
    private static final int LOOK_EVERY = 1024;

    private final long characters;
    private final long deadline = System.nanoTime() + NANOS;
    private long steps;
    private long made;
    private int depth;

    /**
     * @param given characters of the conversation: a template may write each several times
     */
    public Budget(long given) {
        characters = 16_000_000 + 32 * given;
    }

    /** One more thing is done. */
    void step() {
        steps(1);
    }

    void steps(long more) {
        long before = steps;
        steps += more;
        if (steps > STEPS) {
            throw JinjaFailure.of(
                    "it takes more than %,d steps; does a loop have no end?".formatted(STEPS));
        }
        if (before / LOOK_EVERY != steps / LOOK_EVERY && System.nanoTime() > deadline) {
            throw JinjaFailure.of("it takes longer than %,d ms".formatted(NANOS / 1_000_000));
        }
    }

    /** So many characters are about to be made. */
    void make(long length) {
        steps(1 + length / 256);
        made += length;
        if (made > characters || length < 0) {
            throw JinjaFailure.of(
                    "it makes more than %,d characters of text".formatted(characters));
        }
    }

    void enter() {
        if (++depth > DEPTH) {
            throw JinjaFailure.of(
                    "it is nested deeper than %d; does a macro call itself?".formatted(DEPTH));
        }
    }

    void leave() {
        depth--;
    }
}

package dev.cachalot.tokenizer.jinja;

/** How much a template may do; each limit ends it with an error that names the limit. */
public final class Budget {
    static final int DEPTH = 300;
    private static final long STEPS = 5_000_000;
    private static final long NANOS = 3_000_000_000L;
    private static final int LOOK_EVERY = 64;
    private static final int A_STEP = 256; // characters looked at

    private final long most; // steps
    private final long characters;
    private final long longest; // text at the end
    private final long values; // in lists
    private final long deadline = System.nanoTime() + NANOS;
    private long steps;
    private long made;
    private long held;
    private int depth;

    /**
     * @param given characters of the conversation: a template may write each several times
     */
    public Budget(long given) {
        this(given, STEPS);
    }

    /**
     * @param steps things that the template may do
     */
    public Budget(long given, long steps) {
        most = steps;
        characters = 16_000_000 + 32 * given;
        longest = 1_000_000 + 8 * given;
        values = 2_000_000 + 2 * given;
    }

    /** One more thing is done. */
    void step() {
        steps(1);
    }

    void steps(long more) {
        long before = steps;
        steps += more;
        if (steps > most || more < 0) {
            throw JinjaFailure.of(
                    "it takes more than %,d steps; does a loop have no end?".formatted(most));
        }
        if (before / LOOK_EVERY != steps / LOOK_EVERY && System.nanoTime() > deadline) {
            throw JinjaFailure.of("it takes longer than %,d ms".formatted(NANOS / 1_000_000));
        }
    }

    /** So many characters are about to be made. */
    void make(long length) {
        steps(1 + length / A_STEP);
        made += length;
        if (made > characters || length < 0) {
            throw JinjaFailure.of(
                    "it makes more than %,d characters of text".formatted(characters));
        }
    }

    /** So many values are about to be put into a list. */
    void hold(long count) {
        steps(count);
        held += count;
        if (held > values) {
            throw JinjaFailure.of("its lists have more than %,d values".formatted(values));
        }
    }

    /** So many characters are about to be looked at. */
    void look(long length) {
        steps(length / A_STEP);
    }

    /** A text is about to be searched for another; slow when both are long and alike. */
    void search(Text in, Text part) {
        look((long) in.length() * Math.max(1, part.length()));
    }

    /** The template is done with this. */
    Text written(Text text) {
        if (text.length() > longest) {
            throw JinjaFailure.of("it writes more than %,d characters".formatted(longest));
        }
        return text;
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

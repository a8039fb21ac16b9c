package dev.cachalot.chat;

/**
 * Tells tool calls from content in one form. Takes an answer character by character, marks apart,
 * so that it cannot matter how the answer was cut. A call is given out as soon as its name is sure;
 * what then turns out broken stays in its arguments. What is no call is content, to the letter.
 */
abstract sealed class CallGrammar permits DeepSeekCalls, ObjectCalls, NoCalls {
    /** Most characters that are held back while it is open what they are. */
    static final int LIMIT = 1 << 20;

    final SpokenDeltas deltas;
    final StringBuilder held = new StringBuilder(); // may be part of a call, or space around one

    CallGrammar(SpokenDeltas deltas) {
        this.deltas = deltas;
    }

    abstract void accept(char c);

    /**
     * @param mark one of the form's
     * @param token whether it came as a token of its own: then it is meant, else it may be quoted
     */
    abstract void mark(String mark, boolean token);

    /** The end of the answer. */
    abstract void finish();

    final void spell(String mark) {
        for (int i = 0; i < mark.length(); i++) {
            accept(mark.charAt(i));
        }
    }

    /** What was held is content. */
    final void release() {
        if (!held.isEmpty()) {
            deltas.content(held);
            held.setLength(0);
        }
    }

    /** What was held is arguments. */
    final void argue() {
        if (!held.isEmpty()) {
            deltas.arguments(held);
            held.setLength(0);
        }
    }
}

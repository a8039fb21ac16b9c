package dev.cachalot.chat;

import java.util.ArrayList;
import java.util.List;

/** Puts what is made out of an answer together to deltas. */
final class SpokenDeltas {
    private final String idPrefix;
    private final StringBuilder text = new StringBuilder(); // not yet a delta
    private List<ChatDelta> deltas = new ArrayList<>();
    private boolean argued; // the text is arguments
    private int calls;

    /**
     * @param idPrefix what the ids of calls begin with, before their index
     */
    SpokenDeltas(String idPrefix) {
        this.idPrefix = idPrefix;
    }

    void content(CharSequence more) {
        turn(false);
        text.append(more);
    }

    void content(char more) {
        turn(false);
        text.append(more);
    }

    void begin(String name) {
        flush();
        deltas.add(new ChatDelta.ToolCallBegin(calls, idPrefix + calls, name));
        calls++;
    }

    /** Whether a call has begun. */
    boolean called() {
        return calls > 0;
    }

    /** Arguments of the last call that has begun. */
    void arguments(CharSequence more) {
        turn(true);
        text.append(more);
    }

    void arguments(char more) {
        turn(true);
        text.append(more);
    }

    /** What there is since the last time. */
    List<ChatDelta> take() {
        flush();
        List<ChatDelta> taken = deltas;
        deltas = new ArrayList<>();
        return taken;
    }

    private void turn(boolean toArguments) {
        if (argued != toArguments) {
            flush();
            argued = toArguments;
        }
    }

    private void flush() {
        if (!text.isEmpty()) {
            String piece = text.toString();
            text.setLength(0);
            deltas.add(
                    argued
                            ? new ChatDelta.ToolCallArguments(calls - 1, piece)
                            : new ChatDelta.Answer(piece));
        }
    }
}

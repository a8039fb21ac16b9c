package dev.cachalot.chat;

import static dev.cachalot.tokenizer.DeepSeekTokens.END_TOOL_CALL;
import static dev.cachalot.tokenizer.DeepSeekTokens.END_TOOL_CALLS;
import static dev.cachalot.tokenizer.DeepSeekTokens.TOOL_CALL;
import static dev.cachalot.tokenizer.DeepSeekTokens.TOOL_CALLS;
import static dev.cachalot.tokenizer.DeepSeekTokens.TOOL_SEP;

import java.util.List;

/**
 * The token forms of DeepSeek V3, R1 and V3.1. Either is taken where the other is expected: {@code
 * function} before the separator and a name after it is the older form, all else the newer one. A
 * fence around the arguments is optional in both; arguments are what stands between name and end
 * mark, without space around.
 */
final class DeepSeekCalls extends CallGrammar {
    static final List<String> MARKS =
            List.of(TOOL_CALLS, TOOL_CALL, TOOL_SEP, END_TOOL_CALL, END_TOOL_CALLS);
    private static final String TYPE = "function";
    private static final String FENCE = "```";
    private static final int LONGEST_NAME = 1024;

    private enum Place {
        OUTSIDE,
        /** After the mark of a batch. */
        BATCH,
        /** Between the mark of a call and the separator. */
        HEAD,
        /** After the separator, in the older form. */
        NAME,
        /** After the name. */
        OPENING,
        /** In what may be the fence before the arguments. */
        FENCE,
        ARGUMENTS
    }

    private Place place = Place.OUTSIDE;
    private boolean blank = true; // outside, nothing but space since the beginning or a call
    private boolean batch; // end marks are due
    private int nameFrom; // where in what is held
    private boolean fenced;
    private boolean json; // the arguments begin as JSON
    private JsonValue value = new JsonValue();

    DeepSeekCalls(SpokenDeltas deltas) {
        super(deltas);
    }

    @Override
    void accept(char c) {
        switch (place) {
            case OUTSIDE -> outside(c);
            case BATCH -> {
                if (!JsonValue.isSpace(c) || !hold(c, LIMIT)) {
                    giveUp();
                    outside(c);
                }
            }
            case HEAD -> {
                if (!hold(c, nameFrom + LONGEST_NAME)) {
                    giveUp();
                    outside(c);
                }
            }
            case NAME -> name(c);
            case OPENING -> opening(c);
            case FENCE -> fence(c);
            case ARGUMENTS -> argument(c);
        }
    }

    private boolean hold(char c, int most) {
        if (held.length() >= most) {
            return false;
        }
        held.append(c);
        return true;
    }

    private void outside(char c) {
        if (!blank) {
            deltas.content(c);
        } else if (!JsonValue.isSpace(c) || !hold(c, LIMIT)) {
            giveUp();
            deltas.content(c);
        }
    }

    /** What is held is no call. */
    private void giveUp() {
        release();
        blank = false;
        place = Place.OUTSIDE;
    }

    private void name(char c) {
        String name = c == '{' || c == '`' || c == '\n' ? heldName() : "";
        if (c == '{' || c == '`' || !name.isEmpty()) {
            begin(name.isEmpty() ? TYPE : name);
            opening(c);
        } else if (!hold(c, nameFrom + LONGEST_NAME)) {
            giveUp();
            outside(c);
        }
    }

    private String heldName() {
        return held.substring(nameFrom).strip();
    }

    private void begin(String name) {
        deltas.begin(name);
        held.setLength(0);
        place = Place.OPENING;
        fenced = false;
    }

    private void opening(char c) {
        if (c == '`' && !fenced) {
            held.append(c);
            place = Place.FENCE;
        } else if (!JsonValue.isSpace(c)) {
            json = c == '{' || c == '[' || c == '"';
            value = new JsonValue();
            place = Place.ARGUMENTS;
            argument(c);
        }
    }

    /** The fence and a word that names the language; then a space, or JSON at once. */
    private void fence(char c) {
        boolean complete = held.length() >= FENCE.length();
        boolean word = c < 0x80 && Character.isLetter(c);
        if (complete ? word && held.length() < 16 : c == '`') {
            held.append(c);
        } else if (complete && (JsonValue.isSpace(c) || c == '{' || c == '[')) {
            held.setLength(0);
            fenced = true;
            place = Place.OPENING;
            opening(c);
        } else {
            json = false;
            place = Place.ARGUMENTS;
            argue();
            argument(c);
        }
    }

    private void argument(char c) {
        if (json && !value.accept(c)) { // something after the value: it was none
            json = false;
        }
        boolean inString = json && value.withinString();
        boolean mayEnd = JsonValue.isSpace(c) || (fenced && c == '`');
        if (inString || !mayEnd || !hold(c, LIMIT)) {
            argue();
            deltas.arguments(c);
        }
    }

    @Override
    void mark(String mark, boolean token) {
        switch (place) {
            case OUTSIDE -> markOutside(mark);
            case BATCH -> {
                if (!mark.equals(TOOL_CALL)) {
                    giveUp();
                }
                markOutside(mark);
            }
            case HEAD -> {
                String name = heldName();
                if (!mark.equals(TOOL_SEP) || name.isEmpty() || name.indexOf('\n') >= 0) {
                    giveUp();
                    markOutside(mark);
                } else if (name.equals(TYPE)) {
                    held.append(mark);
                    nameFrom = held.length();
                    place = Place.NAME;
                } else {
                    begin(name);
                }
            }
            case NAME -> {
                if (mark.equals(TOOL_SEP)) {
                    giveUp();
                } else {
                    begin(heldName().isEmpty() ? TYPE : heldName());
                    end();
                }
                markOutside(mark);
            }
            case OPENING, FENCE, ARGUMENTS -> {
                boolean quoted = !token && json && value.withinString();
                if (mark.equals(TOOL_SEP) || (place == Place.ARGUMENTS && quoted)) {
                    spell(mark);
                } else {
                    end();
                    markOutside(mark);
                }
            }
        }
    }

    private void markOutside(String mark) {
        switch (mark) {
            case TOOL_CALLS -> {
                held.append(mark);
                place = Place.BATCH;
            }
            case TOOL_CALL -> {
                held.append(mark);
                nameFrom = held.length();
                place = Place.HEAD;
            }
            case END_TOOL_CALL, END_TOOL_CALLS -> {
                if (!batch) {
                    giveUp();
                    deltas.content(mark);
                }
                batch &= mark.equals(END_TOOL_CALL);
            }
            default -> {
                giveUp();
                deltas.content(mark);
            }
        }
    }

    /** The call is over; what is held may be its fence. */
    private void end() {
        String rest = held.toString().stripTrailing();
        if (place == Place.ARGUMENTS) {
            rest = fenced && rest.endsWith(FENCE) ? rest.substring(0, rest.length() - 3) : rest;
            rest = rest.isBlank() ? "" : rest.stripTrailing();
        } else if (rest.startsWith(FENCE)) {
            rest = "";
        }
        held.setLength(0);
        held.append(rest);
        argue();
        place = Place.OUTSIDE;
        blank = true;
        batch = true;
        json = false;
    }

    @Override
    void finish() {
        switch (place) {
            case OUTSIDE -> {
                if (!deltas.called()) {
                    release(); // an answer of nothing but space
                }
                held.setLength(0);
            }
            case BATCH, HEAD, NAME -> giveUp();
            case OPENING, FENCE, ARGUMENTS -> end();
        }
    }
}

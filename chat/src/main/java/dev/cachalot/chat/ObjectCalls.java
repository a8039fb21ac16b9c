package dev.cachalot.chat;

import java.util.List;
import java.util.Set;

/**
 * The forms that write a call as an object with its name and arguments, in either order: Hermes and
 * Qwen between {@link #CALL} and {@link #END_CALL}, Llama 3 without marks.
 *
 * <p>Without marks only the beginning of an answer and what follows a call can be calls, and only
 * of functions on offer, for else every JSON that a model was asked for would be one. Other members
 * of a call's object are dropped. A missing end mark or brace, and braces too many, do no harm.
 */
final class ObjectCalls extends CallGrammar {
    static final String CALL = "<tool_call>";
    static final String END_CALL = "</tool_call>";
    static final List<String> MARKS = List.of(CALL, END_CALL);
    private static final Set<String> ARGUMENTS = Set.of("arguments", "parameters");
    private static final Set<String> UNMARKED = Set.of("type", "id");

    private enum Place {
        OUTSIDE,
        /** After the mark. */
        OBJECT,
        /** Before a member or the object's end. */
        KEY,
        IN_KEY,
        COLON,
        VALUE,
        IN_NAME,
        IN_ARGUMENTS,
        IN_OTHER,
        /** After a member. */
        NEXT,
        /** In arguments that are no JSON: up to the mark. */
        BROKEN
    }

    private final boolean marked;
    private final Set<String> names;
    private Place place = Place.OUTSIDE;
    private boolean blank = true; // outside, nothing but space since the beginning or a call
    private boolean endDue; // outside, after an object whose end mark has not come
    private JsonValue value = new JsonValue();
    private int from; // where the string that is read begins in what is held
    private String key = "";
    private String name = "";
    private boolean begun; // the call is given out
    private boolean argued; // its arguments have been seen
    private int argumentsFrom; // where in what is held, while the call is not given out
    private int argumentsTo;

    private ObjectCalls(SpokenDeltas deltas, boolean marked, Set<String> names) {
        super(deltas);
        this.marked = marked;
        this.names = names;
    }

    static ObjectCalls marked(SpokenDeltas deltas) {
        return new ObjectCalls(deltas, true, Set.of());
    }

    /**
     * @param names of the functions on offer
     */
    static ObjectCalls unmarked(SpokenDeltas deltas, Set<String> names) {
        return new ObjectCalls(deltas, false, names);
    }

    @Override
    void accept(char c) {
        switch (place) {
            case OUTSIDE -> outside(c);
            case IN_KEY, IN_NAME, IN_ARGUMENTS, IN_OTHER -> inValue(c);
            case BROKEN -> broken(c);
            case OBJECT, KEY, COLON, VALUE, NEXT -> {
                if (JsonValue.isSpace(c)) {
                    hold(c);
                } else {
                    structure(c);
                }
            }
        }
    }

    private void outside(char c) {
        if (blank && !marked && c == '{') {
            open();
            structure(c);
        } else if (blank && endDue && c == '}') {
            return; // one too many
        } else if (blank && held.length() < LIMIT && (JsonValue.isSpace(c) || separates(c))) {
            held.append(c);
        } else {
            release();
            blank = false;
            if (marked && c == '\n') {
                held.append(c); // stands before a mark, maybe
            } else {
                deltas.content(c);
            }
        }
    }

    private boolean separates(char c) {
        return !marked && deltas.called() && c == ';';
    }

    private void open() {
        place = Place.OBJECT;
        name = "";
        begun = false;
        argued = false;
        endDue = false;
    }

    private void structure(char c) {
        switch (place) {
            case OBJECT -> go(c, c == '{', Place.KEY);
            case KEY -> {
                if (c == '}') {
                    close();
                } else if (c == '"') {
                    string(Place.IN_KEY);
                    inValue(c);
                } else {
                    amiss(c);
                }
            }
            case COLON -> go(c, c == ':', Place.VALUE);
            case VALUE -> value(c);
            case NEXT -> {
                if (c == '}') {
                    close();
                } else if (c == '"' && !argued) { // a comma is missing
                    place = Place.KEY;
                    structure(c);
                } else {
                    go(c, c == ',', Place.KEY);
                }
            }
            default -> throw new IllegalStateException("no structure is read in " + place);
        }
    }

    private void go(char c, boolean expected, Place next) {
        if (expected) {
            place = next;
            hold(c);
        } else {
            amiss(c);
        }
    }

    private void hold(char c) {
        if (held.length() < LIMIT) {
            held.append(c);
        } else {
            amiss(c);
        }
    }

    /** The text is no call from here on, or its arguments are no JSON. */
    private void amiss(char c) {
        if (begun) {
            argue();
            argued = true;
            place = Place.BROKEN;
            broken(c);
        } else {
            giveUp();
            outside(c);
        }
    }

    private void giveUp() {
        release();
        blank = false;
        place = Place.OUTSIDE;
    }

    private void string(Place next) {
        place = next;
        value = new JsonValue();
        from = held.length();
    }

    private void value(char c) {
        boolean arguments = !argued && ARGUMENTS.contains(key);
        if (key.equals("name") && name.isEmpty() && c == '"') {
            string(Place.IN_NAME);
        } else if (arguments && (marked || c == '{')) {
            argued = true;
            if (marked ? begun : !name.isEmpty()) {
                begin();
            }
            argumentsFrom = held.length();
            string(Place.IN_ARGUMENTS);
        } else if (marked || UNMARKED.contains(key)) {
            string(Place.IN_OTHER);
        } else {
            amiss(c);
            return;
        }
        inValue(c);
    }

    private void begin() {
        if (!begun) {
            deltas.begin(name);
            begun = true;
        }
        held.setLength(0);
    }

    private void inValue(char c) {
        if (!value.accept(c)) { // a number or word ended before
            ended();
            accept(c);
            return;
        }
        Place before = place;
        if (place == Place.IN_ARGUMENTS && begun) {
            deltas.arguments(c);
        } else {
            hold(c);
        }
        if (place == before && value.done()) {
            ended();
        }
    }

    private void ended() {
        Place ended = place;
        place = ended == Place.IN_KEY ? Place.COLON : Place.NEXT;
        switch (ended) {
            case IN_KEY -> key = JsonValue.unescaped(held.substring(from));
            case IN_NAME -> named(JsonValue.unescaped(held.substring(from)));
            case IN_ARGUMENTS -> argumentsTo = held.length();
            default -> {} // dropped
        }
    }

    private void named(String said) {
        name = said;
        if (said.isEmpty() || (!marked && !names.contains(said))) {
            giveUp();
        } else if (argued) {
            String arguments = held.substring(argumentsFrom, argumentsTo);
            begin();
            deltas.arguments(arguments);
        } else if (marked) {
            begin();
        }
    }

    private void close() {
        if (begun) {
            over(argued ? "" : "{}");
            endDue = true;
        } else {
            held.append('}');
            giveUp();
        }
    }

    private void over(String lastArguments) {
        deltas.arguments(lastArguments);
        held.setLength(0);
        place = Place.OUTSIDE;
        blank = true;
    }

    private void broken(char c) {
        if (held.length() < LIMIT && (JsonValue.isSpace(c) || c == '}')) {
            held.append(c); // the end, maybe
        } else {
            argue();
            deltas.arguments(c);
        }
    }

    @Override
    void mark(String mark, boolean token) {
        boolean reading =
                switch (place) {
                    case IN_KEY, IN_NAME, IN_ARGUMENTS, IN_OTHER -> true;
                    default -> false;
                };
        if (reading && !token && value.withinString()) {
            spell(mark);
            return;
        }
        boolean opens = mark.equals(CALL);
        if (place != Place.OUTSIDE && begun) {
            cutOff(place == Place.NEXT || place == Place.KEY ? "{}" : held.toString());
            endDue = true;
        } else if (place != Place.OUTSIDE) {
            giveUp();
        }
        if (opens) {
            held.append(mark);
            open();
        } else if (!endDue) {
            release();
            deltas.content(mark);
            blank = false;
        } else {
            endDue = false;
        }
    }

    /**
     * The call ends before its object does.
     *
     * @param instead the arguments, where none have been seen
     */
    private void cutOff(String instead) {
        over(argued ? place == Place.BROKEN ? withoutEnd() : "" : instead);
    }

    /** What is held behind broken arguments, without the object's end. */
    private String withoutEnd() {
        String rest = held.toString().stripTrailing();
        boolean closed = rest.endsWith("}");
        return (closed ? rest.substring(0, rest.length() - 1) : rest).stripTrailing();
    }

    @Override
    void finish() {
        if (place != Place.OUTSIDE && begun) {
            cutOff("");
        } else if (place != Place.OUTSIDE || !deltas.called() || !blank) {
            release();
        }
        held.setLength(0);
    }
}

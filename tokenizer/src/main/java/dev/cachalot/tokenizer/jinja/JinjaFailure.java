package dev.cachalot.tokenizer.jinja;

/** Why a template could not be read or run; the only thing it throws. */
public final class JinjaFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int LONGEST = 500; // of a message: it may quote the template

    private final boolean raised;

    private JinjaFailure(String message, boolean raised) {
        super(message.length() > LONGEST ? message.substring(0, LONGEST) + "…" : message);
        this.raised = raised;
    }

    static JinjaFailure of(String message) {
        return new JinjaFailure(message, false);
    }

    static JinjaFailure at(int line, String message) {
        return new JinjaFailure("line " + line + ": " + message, false);
    }

    static JinjaFailure raisedByTemplate(String message) {
        return new JinjaFailure(message, true);
    }

    /** Whether the template itself refused what it was given, by {@code raise_exception}. */
    public boolean raised() {
        return raised;
    }
}

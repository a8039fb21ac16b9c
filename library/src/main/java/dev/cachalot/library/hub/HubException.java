package dev.cachalot.library.hub;

import dev.cachalot.library.LibraryException;

/** Why a model could not be fetched. What was fetched already stays for the next try. */
public final class HubException extends LibraryException {
    private static final long serialVersionUID = 1;

    /** The kinds of reasons: what a caller may want to do about it differs. */
    public enum Reason {
        /** The name is no reference, no short name, or fits several files. */
        CHOICE,
        /** The hub says no: the model is not there, or needs a token or an agreement. */
        REFUSED,
        /** The hub cannot be reached, is overloaded, or goes away again and again. */
        UNREACHABLE,
        /** What the hub says is broken, contradicts itself, or is not to be trusted. */
        ANSWER,
        /** This machine is in the way: disk full, another download, a file of that name. */
        LOCAL
    }

    private final Reason reason;

    HubException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** The kind of reason. */
    public Reason reason() {
        return reason;
    }

    static HubException answer(String message) {
        return new HubException(Reason.ANSWER, message);
    }

    static HubException local(String message) {
        return new HubException(Reason.LOCAL, message);
    }
}

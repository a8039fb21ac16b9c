package dev.cachalot.tensor.assembly;

/** No memory for machine code could be had, or this system is not one we write it for. */
public final class CodePageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CodePageException(String message) {
        super(message);
    }

    CodePageException(String message, Throwable cause) {
        super(message, cause);
    }
}

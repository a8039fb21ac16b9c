package dev.cachalot.library.convert;

/** Why a model cannot be converted as asked; the message says what was found and what to try. */
public final class ConversionException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ConversionException(String message) {
        super(message);
    }
}

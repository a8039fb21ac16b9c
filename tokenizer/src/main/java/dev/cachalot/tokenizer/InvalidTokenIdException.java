package dev.cachalot.tokenizer;

/** An id that the vocabulary does not have. */
public final class InvalidTokenIdException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    InvalidTokenIdException(int id, int vocabSize) {
        super(
                "token id %d is outside the vocabulary; expected 0 to %d; do the ids come from another tokenizer?"
                        .formatted(id, vocabSize - 1));
    }
}

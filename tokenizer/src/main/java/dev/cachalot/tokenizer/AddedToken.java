package dev.cachalot.tokenizer;

/**
 * A token that stands for its exact text and takes part in no merge.
 *
 * @param id its id
 * @param text its text as a reader sees it, not in byte spelling; never empty
 * @param special whether the file marks it as control (start, end, padding) rather than as text
 */
public record AddedToken(int id, String text, boolean special) {
    public AddedToken {
        if (text.isEmpty()) {
            throw new TokenizerFormatException(
                    "added token " + id + " has an empty text; expected at least one character");
        }
        InvalidTextException.checkSurrogates(text);
    }
}

package dev.cachalot.tokenizer;

/**
 * A token that stands for its exact text and takes part in no merge.
 *
 * @param id its id
 * @param text its text as a reader sees it, not in byte spelling; never empty
 * @param special whether the file marks it as control (start, end, padding) rather than as text
 * @param matching how it is found in a text
 */
public record AddedToken(int id, String text, boolean special, Matching matching) {
    /**
     * How an added token is found in a text; the words are those of tokenizer.json.
     *
     * @param singleWord only where no letter, digit or low line touches it
     * @param lstrip it takes the white space before it with it
     * @param rstrip it takes the white space after it with it
     * @param normalized it is looked for in the text's normal form, after those that are not
     */
    public record Matching(boolean singleWord, boolean lstrip, boolean rstrip, boolean normalized) {
        public static final Matching EXACT = new Matching(false, false, false, false);
    }

    public AddedToken {
        if (text.isEmpty()) {
            throw new TokenizerFormatException(
                    "added token " + id + " has an empty text; expected at least one character");
        }
        if (InvalidTextException.loneSurrogate(text) >= 0) {
            throw new TokenizerFormatException(
                    "added token " + id + " has half a surrogate pair; expected valid Unicode");
        }
    }

    /** A token that is found wherever its text stands. */
    public AddedToken(int id, String text, boolean special) {
        this(id, text, special, Matching.EXACT);
    }
}

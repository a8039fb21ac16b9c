package dev.cachalot.chat;

/** How far the end of a text has got into a mark. */
final class Overlap {
    /**
     * Length of the longest end of {@code text} that is a beginning of {@code mark}, not all of it.
     */
    static int of(CharSequence text, String mark) {
        for (int n = Math.min(text.length(), mark.length() - 1); n > 0; n--) {
            if (mark.startsWith(text.subSequence(text.length() - n, text.length()).toString())) {
                return n;
            }
        }
        return 0;
    }

    private Overlap() {}
}

package dev.cachalot.cli;

import java.io.InputStream;
import java.io.PrintStream;

/**
 * Where a command reads and writes.
 *
 * @param interactive whether a person types the input
 * @param coloured whether the output may carry terminal colours
 */
record Console(
        InputStream in, PrintStream out, PrintStream err, boolean interactive, boolean coloured) {

    /** The process's own streams; the launcher says which of them are terminals. */
    static Console ofProcess() {
        String terminals = System.getProperty("cachalot.terminals", "");
        String noColour = System.getenv("NO_COLOR");
        boolean out = terminals.contains("out");
        return new Console(
                System.in,
                System.out,
                System.err,
                terminals.contains("in") && out,
                out && (noColour == null || noColour.isEmpty()));
    }

    /** The text in a terminal's dim style, or as it is. */
    String dim(String text) {
        return coloured && !text.isEmpty() ? "\033[2m" + text + "\033[22m" : text;
    }

    /**
     * Text of a model or a file, that it cannot command the terminal: control characters become
     * U+FFFD.
     */
    static String harmless(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            shown.append(Character.isISOControl(c) && c != '\n' && c != '\t' ? '\uFFFD' : c);
        }
        return shown.toString();
    }
}

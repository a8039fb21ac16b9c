package dev.cachalot.library.hub;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file of a repository, as the hub lists it; checked, for the hub is not to be trusted.
 *
 * @param path with slashes, relative, no part of it {@code .} or {@code ..}
 * @param size bytes
 * @param sha256 of files kept outside of git (LFS), in hexadecimal
 * @param blobId git's own SHA-1 of other files, in hexadecimal
 */
record HubFile(String path, long size, Optional<String> sha256, Optional<String> blobId) {
    private static final long MOST_BYTES = 1L << 44;
    private static final int MOST_CHARS = 1024;
    private static final int MOST_SHOWN = 80;
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern SHA_1 = Pattern.compile("[0-9a-f]{40}");

    HubFile {
        if (!isSafe(path)) {
            throw HubException.answer(
                    "the hub lists a file named '%s'; such a name could lead out of the models' folder, nothing of this repository is fetched"
                            .formatted(shown(path)));
        }
        if (size < 0 || size > MOST_BYTES) {
            throw HubException.answer(
                    "the hub says that %s has %,d bytes; expected 0 to %,d"
                            .formatted(path, size, MOST_BYTES));
        }
        sha256.ifPresent(sum -> check(path, sum, SHA_256, "64"));
        blobId.ifPresent(sum -> check(path, sum, SHA_1, "40"));
        if (sha256.isEmpty() && blobId.isEmpty()) {
            throw HubException.answer(
                    "the hub gives no checksum for " + path + "; expected a SHA-256 or a git id");
        }
    }

    private static void check(String path, String sum, Pattern form, String digits) {
        if (!form.matcher(sum).matches()) {
            throw HubException.answer(
                    "the hub gives '%s' as the checksum of %s; expected %s hexadecimal digits"
                            .formatted(shown(sum), path, digits));
        }
    }

    private static boolean isSafe(String path) {
        if (path.isEmpty() || path.length() > MOST_CHARS) {
            return false;
        }
        if (path.codePoints().anyMatch(c -> isHidden(c) || c == '\\' || c == ':')) {
            return false;
        }
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return false;
            }
        }
        return true;
    }

    /** What a terminal would obey, or could not write: half a surrogate pair among it. */
    private static boolean isHidden(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    true;
            default -> false;
        };
    }

    static String shown(String text) {
        StringBuilder printable = new StringBuilder();
        text.codePoints()
                .limit(MOST_SHOWN)
                .map(c -> isHidden(c) ? '?' : c)
                .forEach(printable::appendCodePoint);
        return text.length() > MOST_SHOWN
                ? printable.append("...").toString()
                : printable.toString();
    }

    /** The last part of the path. */
    String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}

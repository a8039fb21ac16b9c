package dev.cachalot.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Several files, or a file and a text, in one input: a separator stands between them. */
public final class Parts {
    public static final String SEPARATOR = "\n#PART#\n";
    private static final byte[] MARK = SEPARATOR.getBytes(StandardCharsets.US_ASCII);

    /** Exactly {@code count} parts; those that the input lacks are empty. */
    public static List<byte[]> of(byte[] input, int count) {
        List<byte[]> parts = new ArrayList<>();
        int from = 0;
        while (parts.size() < count - 1) {
            int end = indexOfMark(input, from);
            if (end < 0) {
                break;
            }
            parts.add(Arrays.copyOfRange(input, from, end));
            from = end + MARK.length;
        }
        parts.add(Arrays.copyOfRange(input, from, input.length));
        while (parts.size() < count) {
            parts.add(new byte[0]);
        }
        return parts;
    }

    public static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (int i = 0; i < parts.length; i++) {
            if (i > 0) {
                joined.writeBytes(MARK);
            }
            joined.writeBytes(parts[i]);
        }
        return joined.toByteArray();
    }

    /** Any bytes as text: what is not UTF-8 becomes U+FFFD. */
    public static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static int indexOfMark(byte[] input, int from) {
        for (int at = from; at + MARK.length <= input.length; at++) {
            if (Arrays.equals(input, at, at + MARK.length, MARK, 0, MARK.length)) {
                return at;
            }
        }
        return -1;
    }

    private Parts() {}
}

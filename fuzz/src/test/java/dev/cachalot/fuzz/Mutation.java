package dev.cachalot.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Small changes of a valid input, of the kinds that break readers. */
final class Mutation {
    private static final long[] EDGES = {
        0,
        1,
        -1,
        2,
        127,
        128,
        255,
        256,
        65_535,
        65_536,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        1L << 31,
        1L << 32,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        1L << 62
    };

    /** One to four changes, or a cut. */
    static byte[] of(byte[] seed, List<String> words, SplittableRandom random) {
        byte[] bytes = seed.clone();
        for (int left = random.nextInt(1, 5); left > 0 && bytes.length > 0; left--) {
            bytes = change(bytes, words, random);
        }
        return bytes;
    }

    private static byte[] change(byte[] bytes, List<String> words, SplittableRandom random) {
        int at = random.nextInt(bytes.length);
        int until = at + random.nextInt(Math.min(64, bytes.length - at) + 1);
        byte[] range = Arrays.copyOfRange(bytes, at, until);
        return switch (random.nextInt(9)) {
            case 0 -> Arrays.copyOf(bytes, at);
            case 1 -> with(bytes, at, bytes[at] ^ (1 << random.nextInt(8)));
            case 2 -> with(bytes, at, random.nextInt(256));
            case 3 -> littleEndian(bytes, at, edge(random), 1 << random.nextInt(4));
            case 4 -> replace(bytes, at, until, new byte[0]);
            case 5 -> { // again, somewhere
                int to = random.nextInt(bytes.length);
                yield replace(bytes, to, to, range);
            }
            case 6 -> number(bytes, at, Long.toString(edge(random)));
            case 7 -> {
                byte[] more = new byte[random.nextInt(1, 17)];
                random.nextBytes(more);
                yield replace(bytes, bytes.length, bytes.length, more);
            }
            default -> {
                String word = words.isEmpty() ? "0" : words.get(random.nextInt(words.size()));
                yield replace(bytes, at, at, word.getBytes(StandardCharsets.UTF_8));
            }
        };
    }

    private static long edge(SplittableRandom random) {
        return EDGES[random.nextInt(EDGES.length)];
    }

    private static byte[] with(byte[] bytes, int at, int value) {
        bytes[at] = (byte) value;
        return bytes;
    }

    private static byte[] littleEndian(byte[] bytes, int at, long value, int size) {
        for (int i = 0; i < size && at + i < bytes.length; i++) {
            bytes[at + i] = (byte) (value >> (8 * i));
        }
        return bytes;
    }

    /** Puts another number in place of the next one that is spelled in digits. */
    private static byte[] number(byte[] bytes, int from, String other) {
        int start = from;
        while (start < bytes.length && !isDigit(bytes[start])) {
            start++;
        }
        int end = start;
        while (end < bytes.length && isDigit(bytes[end])) {
            end++;
        }
        return replace(bytes, start, end, other.getBytes(StandardCharsets.US_ASCII));
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static byte[] replace(byte[] bytes, int from, int to, byte[] by) {
        byte[] changed = new byte[bytes.length - (to - from) + by.length];
        System.arraycopy(bytes, 0, changed, 0, from);
        System.arraycopy(by, 0, changed, from, by.length);
        System.arraycopy(bytes, to, changed, from + by.length, bytes.length - to);
        return changed;
    }

    private Mutation() {}
}

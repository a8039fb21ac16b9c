package dev.cachalot.tokenizer;

import java.util.Arrays;

/**
 * The spelling of bytes in tokenizer files, from GPT-2: a visible Latin-1 character stands for its
 * own byte, the other 68 bytes take the characters from U+0100 on, in order (so a space is U+0120).
 */
final class ByteSpelling {
    private static final char[] SPELLED = new char[256];
    private static final int[] BYTE_OF = new int[256 + 68]; // by character; -1 where none

    static {
        Arrays.fill(BYTE_OF, -1);
        int next = 256;
        for (int b = 0; b < 256; b++) {
            boolean visible = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            SPELLED[b] = (char) (visible ? b : next++);
            BYTE_OF[SPELLED[b]] = b;
        }
    }

    static char of(int unsignedByte) {
        return SPELLED[unsignedByte];
    }

    static String of(byte[] bytes) {
        char[] spelled = new char[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            spelled[i] = SPELLED[bytes[i] & 0xFF];
        }
        return new String(spelled);
    }

    /** The bytes of a token in file spelling; {@code id} is for the message only. */
    static byte[] bytes(String token, int id) {
        byte[] bytes = new byte[token.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = token.charAt(i);
            int value = c < BYTE_OF.length ? BYTE_OF[c] : -1;
            if (value < 0) {
                throw new TokenizerFormatException(
                        "token %d '%s' has U+%04X at index %d, which spells no byte; expected byte-level spelling; "
                                        .formatted(id, token, (int) c, i)
                                + "is it an added token that the file does not declare?");
            }
            bytes[i] = (byte) value;
        }
        return bytes;
    }

    private ByteSpelling() {}
}

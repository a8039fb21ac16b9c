package dev.cachalot.tokenizer;

import java.util.Arrays;

/**
 * The bytes of ids that come one by one, without the spaces that encoding put in front. For one
 * text; not for several threads.
 */
final class SpaceDropper {
    private final Tokenizer tokenizer;
    private final SpacePrefix prefix;
    private boolean first = true; // no id so far
    private boolean partBegins = true; // nothing or an added token before

    SpaceDropper(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        prefix = tokenizer.spacePrefix();
    }

    byte[] bytes(int id) {
        byte[] bytes = tokenizer.bytes(id);
        if (prefix == SpacePrefix.NEVER) {
            return bytes;
        }
        boolean added = tokenizer.isAdded(id);
        boolean drop =
                partBegins && !added && bytes.length > 0 && bytes[0] == ' ' && prefix.drops(first);
        first = false;
        partBegins = added;
        return drop ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    }
}

package dev.cachalot.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;

/**
 * Text to token ids and back. Implementations are immutable or lock-free inside and may be shared
 * by threads.
 *
 * <p>An <em>added</em> token stands for its exact text and takes part in no merge. A
 * <em>special</em> one is an added token that the file marks as control (start and end of text);
 * role and thinking marks are often added without being special.
 */
public interface Tokenizer {
    /**
     * Ids of a trusted text: added tokens spelled out in it become their own ids. No start token is
     * put in front.
     *
     * @throws InvalidTextException when a surrogate has no partner
     */
    int[] encode(String text);

    /**
     * Ids of a text from outside: whatever it spells, no added token comes out of it.
     *
     * @throws InvalidTextException when a surrogate has no partner
     */
    int[] encodePlain(String text);

    /**
     * As {@link #encodePlain}, for text that stands behind a token: some vocabularies put a space
     * before the beginning only.
     *
     * @throws InvalidTextException when a surrogate has no partner
     */
    default int[] encodePlainAfter(String text) {
        return encodePlain(text);
    }

    /**
     * The text of the ids together, without the spaces that encoding puts in front ({@link
     * #spacePrefix}); bytes that are no UTF-8 become U+FFFD as in {@code new String(bytes, UTF_8)}.
     *
     * @throws InvalidTokenIdException when an id is outside the vocabulary
     */
    default String decode(int[] ids) {
        return new String(decodeToBytes(ids), StandardCharsets.UTF_8);
    }

    /**
     * As {@link #decode}, the bytes as they are.
     *
     * @throws InvalidTokenIdException when an id is outside the vocabulary
     */
    default byte[] decodeToBytes(int[] ids) {
        SpaceDropper spaces = new SpaceDropper(this);
        ByteArrayOutputStream all = new ByteArrayOutputStream(4 * ids.length);
        for (int id : ids) {
            all.writeBytes(spaces.bytes(id));
        }
        return all.toByteArray();
    }

    /**
     * The raw bytes of a token, the caller's own copy; an added token gives its text in UTF-8.
     *
     * @throws InvalidTokenIdException when the id is outside the vocabulary
     */
    byte[] bytes(int id);

    /** Number of ids; they run from 0 to one less. */
    int vocabSize();

    /** The id of an added token by its exact text, or empty. */
    OptionalInt id(String token);

    /** All added tokens, in the order of the file. */
    List<AddedToken> addedTokens();

    /** Whether the token stands outside the text: an added token with the file's special flag. */
    boolean isSpecial(int id);

    /** Whether the token stands for its exact text and takes part in no merge. */
    default boolean isAdded(int id) {
        return isSpecial(id);
    }

    /**
     * Whether the file asks for {@link #bosId} in front of a text. Encoding never puts it there: a
     * chat template or the caller does, once.
     */
    default boolean addsBos() {
        return bosId().isPresent();
    }

    /** Where encoding puts a space in front of a text and decoding takes it away. */
    default SpacePrefix spacePrefix() {
        return SpacePrefix.NEVER;
    }

    /** The token that starts a text, where the file names one. */
    OptionalInt bosId();

    /** The token that ends an answer, where the file names one. */
    OptionalInt eosId();
}

package dev.cachalot.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.testing.Cases;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StreamingDecoderPropertyTest {
    private final BytePairTokenizer tokenizer = SmallVocabulary.TOKENIZER;

    @Test
    void piecesTogetherAreTheDecodedText() {
        Cases.forAll(
                2000,
                random ->
                        check(tokenizer.encodePlain(SmallVocabulary.randomText(random, 20)), true));
    }

    @Test
    void piecesOfRandomIdsTogetherAreTheDecodedText() {
        Cases.forAll(
                5000,
                random ->
                        check(
                                random.ints(random.nextInt(12), 0, tokenizer.vocabSize()).toArray(),
                                false));
    }

    @Test
    void piecesOfBrokenBytesTogetherAreTheDecodedText() {
        Cases.forAll(20_000, random -> check(brokenUtf8(random), false));
    }

    /**
     * Ids of single bytes, mostly leading and trailing bytes near the edges of what UTF-8 allows.
     */
    private int[] brokenUtf8(SplittableRandom random) {
        int[] edges = {
            0x41, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xC0,
            0xF5, 0xFF
        };
        int first = DeepSeekTokens.CHAT.size();
        return random.ints(random.nextInt(9), 0, edges.length).map(i -> first + edges[i]).toArray();
    }

    private void check(int[] ids, boolean whole) {
        StreamingDecoder decoder = new StreamingDecoder(tokenizer);
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            String piece = decoder.accept(id);
            if (whole) {
                assertThat(piece)
                        .isEqualTo(
                                new String(
                                        piece.getBytes(StandardCharsets.UTF_8),
                                        StandardCharsets.UTF_8));
            }
            text.append(piece);
        }
        String rest = decoder.flush();
        if (whole) {
            assertThat(rest).isEmpty();
        }
        assertThat(text + rest).isEqualTo(tokenizer.decode(ids));
    }

    @Test
    void halfACharacterIsHeldBackUntilItIsWhole() {
        StreamingDecoder decoder = new StreamingDecoder(tokenizer);
        int first = DeepSeekTokens.CHAT.size();
        assertThat(decoder.accept(first + 0xF0)).isEmpty();
        assertThat(decoder.accept(first + 0x9F)).isEmpty();
        assertThat(decoder.accept(first + 0xA6)).isEmpty();
        assertThat(decoder.accept(first + 0x99)).isEqualTo("🦙");
        assertThat(decoder.flush()).isEmpty();
    }

    @Test
    void aFlushedDecoderIsAsNew() {
        StreamingDecoder decoder = new StreamingDecoder(tokenizer);
        int first = DeepSeekTokens.CHAT.size();
        assertThat(decoder.accept(first + 0xF0)).isEmpty();
        assertThat(decoder.flush()).isEqualTo("\uFFFD");
        assertThat(decoder.accept(first + 'A')).isEqualTo("A");
        assertThat(decoder.flush()).isEmpty();
    }

    @Test
    void anUnknownIdIsNamed() {
        assertThatThrownBy(() -> new StreamingDecoder(tokenizer).accept(400))
                .isInstanceOf(InvalidTokenIdException.class)
                .hasMessageContaining("token id 400")
                .hasMessageContaining("0 to " + (tokenizer.vocabSize() - 1));
    }
}

package dev.cachalot.chat;

import dev.cachalot.tokenizer.AddedToken;
import dev.cachalot.tokenizer.DeepSeekTokens;
import dev.cachalot.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** A token a byte, and the marks of the V3.1 chat form after them. */
public final class ByteTokenizer implements Tokenizer {
    private static final List<String> ADDED = DeepSeekTokens.CHAT;

    public static final int EOS = 256 + ADDED.indexOf(DeepSeekTokens.EOS);
    public static final int THINK = 256 + ADDED.indexOf(DeepSeekTokens.THINK);
    public static final int END_THINK = 256 + ADDED.indexOf(DeepSeekTokens.END_THINK);

    @Override
    public int[] encode(String text) {
        IntStream.Builder ids = IntStream.builder();
        int at = 0;
        while (at < text.length()) {
            String rest = text.substring(at);
            String added = ADDED.stream().filter(rest::startsWith).findFirst().orElse("");
            if (added.isEmpty()) {
                int end = text.offsetByCodePoints(at, 1);
                IntStream.of(encodePlain(text.substring(at, end))).forEach(ids);
                at = end;
            } else {
                ids.add(256 + ADDED.indexOf(added));
                at += added.length();
            }
        }
        return ids.build().toArray();
    }

    @Override
    public int[] encodePlain(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return IntStream.range(0, bytes.length).map(i -> bytes[i] & 0xFF).toArray();
    }

    @Override
    public byte[] bytes(int id) {
        return id < 256
                ? new byte[] {(byte) id}
                : ADDED.get(id - 256).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int vocabSize() {
        return 256 + ADDED.size();
    }

    @Override
    public OptionalInt id(String token) {
        int at = ADDED.indexOf(token);
        return at < 0 ? OptionalInt.empty() : OptionalInt.of(256 + at);
    }

    @Override
    public List<AddedToken> addedTokens() {
        return IntStream.range(0, ADDED.size())
                .mapToObj(i -> new AddedToken(256 + i, ADDED.get(i), true))
                .toList();
    }

    @Override
    public boolean isSpecial(int id) {
        return id >= 256;
    }

    @Override
    public OptionalInt bosId() {
        return id(DeepSeekTokens.BOS);
    }

    @Override
    public OptionalInt eosId() {
        return id(DeepSeekTokens.EOS);
    }
}

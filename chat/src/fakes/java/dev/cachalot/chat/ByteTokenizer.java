package dev.cachalot.chat;

import dev.cachalot.tokenizer.AddedToken;
import dev.cachalot.tokenizer.DeepSeekTokens;
import dev.cachalot.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A token a byte, and the marks of the V3.1 chat form after them. */
public final class ByteTokenizer implements Tokenizer {
    public static final int EOS = 256 + DeepSeekTokens.CHAT.indexOf(DeepSeekTokens.EOS);
    public static final int THINK = 256 + DeepSeekTokens.CHAT.indexOf(DeepSeekTokens.THINK);
    public static final int END_THINK = 256 + DeepSeekTokens.CHAT.indexOf(DeepSeekTokens.END_THINK);

    private final List<String> added;

    public ByteTokenizer() {
        this(List.of());
    }

    /**
     * @param more marks, after those of the chat form
     */
    public ByteTokenizer(List<String> more) {
        added = Stream.concat(DeepSeekTokens.CHAT.stream(), more.stream()).toList();
    }

    @Override
    public int[] encode(String text) {
        IntStream.Builder ids = IntStream.builder();
        int at = 0;
        while (at < text.length()) {
            String rest = text.substring(at);
            String mark = added.stream().filter(rest::startsWith).findFirst().orElse("");
            if (mark.isEmpty()) {
                int end = text.offsetByCodePoints(at, 1);
                IntStream.of(encodePlain(text.substring(at, end))).forEach(ids);
                at = end;
            } else {
                ids.add(256 + added.indexOf(mark));
                at += mark.length();
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
                : added.get(id - 256).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int vocabSize() {
        return 256 + added.size();
    }

    @Override
    public OptionalInt id(String token) {
        int at = added.indexOf(token);
        return at < 0 ? OptionalInt.empty() : OptionalInt.of(256 + at);
    }

    @Override
    public List<AddedToken> addedTokens() {
        return IntStream.range(0, added.size())
                .mapToObj(i -> new AddedToken(256 + i, added.get(i), true))
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

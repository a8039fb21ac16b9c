package dev.cachalot.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/** Byte-level byte-pair encoding, as GPT-2, Llama 3, Qwen and all DeepSeek models use it. */
public final class BytePairTokenizer implements Tokenizer {
    private static final int NONE = -1;

    private final TokenizerSpec spec;
    private final PreTokenizer preTokenizer;
    private final byte[][] bytes; // by id
    private final int[] idOfByte =
            new int[256]; // NONE for bytes that UTF-8 never uses and the file may lack
    private final Merges merges;
    private final Map<String, Integer>
            wholeWords; // by byte spelling; empty unless merges may be ignored
    private final AddedTokens addedTokens;
    private final WordCache cache = new WordCache();

    /**
     * @throws TokenizerFormatException when a merge names or makes an unknown token, a token is not
     *     in byte spelling, or a byte that UTF-8 uses has no token
     */
    public BytePairTokenizer(TokenizerSpec spec) {
        this.spec = spec;
        preTokenizer = PreTokenizer.named(spec.preTokenizer());
        bytes = new byte[spec.tokens().size()][];
        for (AddedToken added : spec.addedTokens()) {
            bytes[added.id()] = added.text().getBytes(StandardCharsets.UTF_8);
        }
        addedTokens =
                new AddedTokens(
                        spec.addedTokens(),
                        spec.rules().nfc() ? NormalFormC::of : UnaryOperator.identity());
        Map<String, Integer> merged = mergedTokens();
        findBytes(merged);
        merges = merges(merged);
        wholeWords = spec.rules().ignoreMerges() ? merged : Map.of();
    }

    /** Ids of the tokens that are not added, by spelling; fills in their bytes. */
    private Map<String, Integer> mergedTokens() {
        Map<String, Integer> merged = HashMap.newHashMap(bytes.length);
        for (int id = 0; id < bytes.length; id++) {
            if (bytes[id] == null) {
                String token = spec.tokens().get(id);
                bytes[id] = ByteSpelling.bytes(token, id);
                merged.put(token, id);
            }
        }
        return merged;
    }

    private void findBytes(Map<String, Integer> merged) {
        for (int b = 0; b < 256; b++) {
            Integer id = merged.get(String.valueOf(ByteSpelling.of(b)));
            boolean inUtf8 = b < 0xC0 || (b > 0xC1 && b < 0xF5);
            if (id == null && inUtf8) {
                throw new TokenizerFormatException(
                        "no token for the byte 0x%02X, spelled '%s'; expected one for every byte of UTF-8; "
                                        .formatted(b, ByteSpelling.of(b))
                                + "is this a byte-level vocabulary?");
            }
            idOfByte[b] = id == null ? NONE : id;
        }
    }

    private Merges merges(Map<String, Integer> merged) {
        List<String> lines = spec.merges();
        Merges table = new Merges(lines.size());
        for (int rank = 0; rank < lines.size(); rank++) {
            String line = lines.get(rank);
            int space = line.indexOf(' ');
            if (space < 1 || space == line.length() - 1 || line.indexOf(' ', space + 1) >= 0) {
                throw new TokenizerFormatException(
                        "merge %d is '%s'; expected two tokens with one space between"
                                .formatted(rank, line));
            }
            String left = line.substring(0, space);
            String right = line.substring(space + 1);
            if (addedTokens.id(left + right).isPresent()) {
                continue; // else a plain text could spell out an added token; trusted text never
                // gets this far
            }
            table.add(
                    known(merged, left, rank, line),
                    known(merged, right, rank, line),
                    known(merged, left + right, rank, line));
        }
        return table;
    }

    private static int known(Map<String, Integer> merged, String token, int rank, String line) {
        Integer id = merged.get(token);
        if (id == null) {
            throw new TokenizerFormatException(
                    "merge %d ('%s') needs the token '%s', which the vocabulary lacks"
                            .formatted(rank, line, token));
        }
        return id;
    }

    /** The description that this tokenizer was built from. */
    public TokenizerSpec spec() {
        return spec;
    }

    @Override
    public int[] encode(String text) {
        InvalidTextException.checkSurrogates(text);
        IdBuffer ids = new IdBuffer();
        addedTokens.split(
                text,
                new AddedTokens.Sink() {
                    @Override
                    public void plain(String part, int from, int to) {
                        preTokenizer.split(part, from, to, (a, b) -> encodeWord(part, a, b, ids));
                    }

                    @Override
                    public void added(int id) {
                        ids.add(id);
                    }
                });
        return ids.toArray();
    }

    @Override
    public int[] encodePlain(String text) {
        InvalidTextException.checkSurrogates(text);
        IdBuffer ids = new IdBuffer();
        String normal = spec.rules().nfc() ? NormalFormC.of(text) : text;
        preTokenizer.split(
                normal, 0, normal.length(), (from, to) -> encodeWord(normal, from, to, ids));
        return ids.toArray();
    }

    private void encodeWord(String text, int from, int to, IdBuffer ids) {
        if (to - from > WordCache.LONGEST) {
            ids.addAll(merge(text.substring(from, to)));
            return;
        }
        int[] known = cache.get(text, from, to);
        if (known == null) {
            String word = text.substring(from, to);
            known = merge(word);
            cache.put(word, known);
        }
        ids.addAll(known);
    }

    private int[] merge(String word) {
        byte[] utf8 = word.getBytes(StandardCharsets.UTF_8);
        if (!wholeWords.isEmpty()) {
            Integer whole = wholeWords.get(ByteSpelling.of(utf8));
            if (whole != null) {
                return new int[] {whole};
            }
        }
        int[] ids = new int[utf8.length];
        for (int i = 0; i < utf8.length; i++) {
            ids[i] = idOfByte[utf8[i] & 0xFF];
        }
        return Arrays.copyOf(ids, merges.apply(ids, ids.length));
    }

    @Override
    public byte[] bytes(int id) {
        return bytes[checked(id)].clone();
    }

    @Override
    public int vocabSize() {
        return bytes.length;
    }

    @Override
    public OptionalInt id(String token) {
        return addedTokens.id(token);
    }

    @Override
    public boolean isAdded(int id) {
        return addedTokens.isAdded(checked(id));
    }

    @Override
    public List<AddedToken> addedTokens() {
        return spec.addedTokens();
    }

    @Override
    public boolean isSpecial(int id) {
        return addedTokens.isSpecial(checked(id));
    }

    private int checked(int id) {
        if (id < 0 || id >= bytes.length) {
            throw new InvalidTokenIdException(id, bytes.length);
        }
        return id;
    }

    @Override
    public boolean addsBos() {
        return spec.addsBos();
    }

    @Override
    public OptionalInt bosId() {
        return spec.bosId();
    }

    @Override
    public OptionalInt eosId() {
        return spec.eosId();
    }
}

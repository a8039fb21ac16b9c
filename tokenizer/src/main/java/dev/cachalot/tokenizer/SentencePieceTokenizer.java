package dev.cachalot.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * SentencePiece's byte-pair kind: characters are merged, what has no token is spelled in byte
 * tokens. A space and the sign U+2581 are the same to it: decoding gives a space for both.
 */
public final class SentencePieceTokenizer implements Tokenizer {
    private static final int NONE = -1;

    private final SentencePieceSpec spec;
    private final byte[][] bytes; // by id
    private final int[] idOfByte = new int[256]; // NONE for bytes that UTF-8 never uses
    private final AddedTokens addedTokens;
    private final CharacterSymbols characters = new CharacterSymbols();
    private final int[] withoutToken; // characters by symbol less the vocabulary's size
    private final int unknown; // the symbol of a character that no token has
    private final Merges merges;
    private final WordCache cache = new WordCache();

    /**
     * @throws TokenizerFormatException when a merge names an unknown token, a byte that UTF-8 uses
     *     has no token, or a token is too long
     */
    public SentencePieceTokenizer(SentencePieceSpec spec) {
        this.spec = spec;
        List<String> tokens = spec.tokens();
        bytes = new byte[tokens.size()][];
        Arrays.fill(idOfByte, NONE);
        addedTokens = new AddedTokens(spec.addedTokens(), UnaryOperator.identity());
        SentencePieceMerges lines = new SentencePieceMerges(spec);
        Map<Integer, Integer> fresh = new HashMap<>(); // symbols of characters without a token
        for (int id = 0; id < tokens.size(); id++) {
            String token = tokens.get(id);
            int b = SentencePieceSpec.byteOf(token);
            if (addedTokens.isAdded(id)) {
                bytes[id] = token.getBytes(StandardCharsets.UTF_8);
            } else if (b >= 0) {
                bytes[id] = new byte[] {(byte) b};
                idOfByte[b] = id;
            } else {
                if (InvalidTextException.loneSurrogate(token) >= 0) {
                    throw new TokenizerFormatException(
                            "token " + id + " has half a surrogate pair; expected valid Unicode");
                }
                bytes[id] =
                        token.replace(SentencePieceSpec.SPACE, ' ')
                                .getBytes(StandardCharsets.UTF_8);
                addCharacters(token, id, fresh);
            }
        }
        checkBytes();
        unknown = tokens.size() + fresh.size();
        withoutToken = new int[fresh.size()];
        fresh.forEach(
                (character, symbol) -> {
                    withoutToken[symbol] = character;
                    if (characters.of(character) == NONE) {
                        characters.set(character, bytes.length + symbol);
                    }
                });
        merges = merges(lines);
    }

    private void addCharacters(String token, int id, Map<Integer, Integer> fresh) {
        if (token.isEmpty()) {
            return;
        }
        int last = token.codePointAt(0);
        if (Character.charCount(last) == token.length()) {
            characters.set(last, id);
            return;
        }
        fresh.putIfAbsent(last, fresh.size());
        for (int at = Character.charCount(last); at < token.length(); ) {
            int next = token.codePointAt(at);
            fresh.putIfAbsent(next, fresh.size());
            characters.join(last, next);
            last = next;
            at += Character.charCount(next);
        }
    }

    private void checkBytes() {
        for (int b = 0; b < 256; b++) {
            boolean inUtf8 = b < 0xC0 || (b > 0xC1 && b < 0xF5);
            if (inUtf8 && idOfByte[b] == NONE) {
                throw new TokenizerFormatException(
                        "no token '<0x%02X>'; expected one for every byte of UTF-8: vocabularies without byte fallback are not known"
                                .formatted(b));
            }
        }
    }

    private Merges merges(SentencePieceMerges lines) {
        Merges table = new Merges(lines.most());
        lines.forEach(
                (left, right, becomes, rank) -> {
                    int leftSymbol = symbol(lines, left);
                    int rightSymbol = symbol(lines, right);
                    if (leftSymbol != NONE && rightSymbol != NONE) {
                        table.add(leftSymbol, rightSymbol, becomes, rank);
                    }
                });
        return table;
    }

    private int symbol(SentencePieceMerges lines, String token) {
        int character = token.codePointAt(0);
        return Character.charCount(character) == token.length()
                ? characters.of(character)
                : lines.id(token);
    }

    /** The description that this tokenizer was built from. */
    public SentencePieceSpec spec() {
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
                        encodePart(part, from, to, ids);
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
        encodePart(text, 0, text.length(), ids);
        return ids.toArray();
    }

    @Override
    public int[] encodePlainAfter(String text) {
        InvalidTextException.checkSurrogates(text);
        IdBuffer ids = new IdBuffer();
        ids.add(0); // what stands before
        encodePart(text, 0, text.length(), ids);
        return Arrays.copyOfRange(ids.toArray(), 1, ids.size());
    }

    private void encodePart(String text, int from, int to, IdBuffer ids) {
        if (from == to) {
            return;
        }
        char first = text.charAt(from);
        boolean spaced = first == ' ' || first == SentencePieceSpec.SPACE;
        String part = text.substring(from, to).replace(' ', SentencePieceSpec.SPACE);
        if (spec.spacePrefix().prefixes(ids.size() == 0, spaced)) {
            part = SentencePieceSpec.SPACE + part;
        }
        int start = 0;
        int last = part.codePointAt(0);
        for (int at = Character.charCount(last); at < part.length(); ) {
            int next = part.codePointAt(at);
            if (!characters.joined(last, next)) {
                encodeWord(part, start, at, ids);
                start = at;
            }
            last = next;
            at += Character.charCount(next);
        }
        encodeWord(part, start, part.length(), ids);
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
        int[] of = word.codePoints().toArray();
        int[] symbols = new int[of.length];
        for (int i = 0; i < of.length; i++) {
            int symbol = characters.of(of[i]);
            symbols[i] = symbol == NONE ? unknown : symbol;
        }
        int left = merges.apply(symbols, symbols.length);
        IdBuffer ids = new IdBuffer();
        int nextUnknown = 0; // no merge takes unknown characters, so they stay in order
        for (int i = 0; i < left; i++) {
            if (symbols[i] < bytes.length) {
                ids.add(symbols[i]);
            } else if (symbols[i] < unknown) {
                spell(withoutToken[symbols[i] - bytes.length], ids);
            } else {
                while (characters.of(of[nextUnknown]) != NONE) {
                    nextUnknown++;
                }
                spell(of[nextUnknown++], ids);
            }
        }
        return ids.toArray();
    }

    private void spell(int character, IdBuffer ids) {
        for (byte b : Character.toString(character).getBytes(StandardCharsets.UTF_8)) {
            ids.add(idOfByte[b & 0xFF]);
        }
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
    public OptionalInt bosId() {
        return spec.bosId();
    }

    @Override
    public OptionalInt eosId() {
        return spec.eosId();
    }

    @Override
    public boolean addsBos() {
        return spec.addsBos();
    }

    @Override
    public SpacePrefix spacePrefix() {
        return spec.spacePrefix();
    }
}

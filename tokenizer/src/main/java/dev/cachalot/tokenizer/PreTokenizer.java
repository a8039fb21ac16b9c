package dev.cachalot.tokenizer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a text into the pieces within which tokens are merged.
 *
 * <p>A list of patterns is applied in order; each cuts further what the one before left, and what
 * lies between matches stays as a piece of its own (the "isolated" split of Hugging Face files).
 * The names are those of GGUF's {@code tokenizer.ggml.pre}. Sources: the published tokenizer.json
 * files, and for deepseek-llm and deepseek-coder the pattern lists of llama.cpp.
 */
public final class PreTokenizer {
    private static final String CASED_LETTERS =
            "A-Za-z\\u00B5\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u01BA\\u01BC-\\u01BF\\u01C4-\\u0293\\u0295-\\u02AF"
                    + "\\u0370-\\u0373\\u0376\\u0377\\u037B-\\u037D\\u037F\\u0386\\u0388-\\u038A\\u038C\\u038E-\\u03A1"
                    + "\\u03A3-\\u03F5\\u03F7-\\u0481\\u048A-\\u052F\\u0531-\\u0556\\u10A0-\\u10C5\\u13A0-\\u13F5"
                    + "\\u13F8-\\u13FD\\u1C90-\\u1CBA\\u1CBD-\\u1CBF\\u1D00-\\u1D2B\\u1D6B-\\u1D77\\u1D79-\\u1D9A"
                    + "\\u1E00-\\u1F15\\u1F18-\\u1F1D\\u1F20-\\u1F45\\u1F48-\\u1F4D\\u1F50-\\u1F57\\u1F59\\u1F5B\\u1F5D"
                    + "\\u1F5F-\\u1F7D\\u1F80-\\u1FB4\\u1FB6-\\u1FBC\\u1FBE\\u1FC2-\\u1FC4\\u1FC6-\\u1FCC\\u1FD0-\\u1FD3"
                    + "\\u1FD6-\\u1FDB\\u1FE0-\\u1FEC\\u1FF2-\\u1FF4\\u1FF6-\\u1FFC\\u2102\\u2107\\u210A-\\u2113\\u2115"
                    + "\\u2119-\\u211D\\u2124\\u2126\\u2128\\u212A-\\u212D\\u212F-\\u2134\\u2139\\u213C-\\u213F"
                    + "\\u2145-\\u2149\\u214E\\u2183\\u2184\\u2C00-\\u2C7B\\u2C7E-\\u2CE4\\u2CEB-\\u2CEE\\u2CF2\\u2CF3"
                    + "\\uA640-\\uA66D\\uA680-\\uA69B\\uA722-\\uA76F\\uA771-\\uA787\\uA78B-\\uA78E\\uAB70-\\uABBF"
                    + "\\uFB00-\\uFB06\\uFB13-\\uFB17\\uFF21-\\uFF3A\\uFF41-\\uFF5A\\x{10400}-\\x{1044F}"
                    + "\\x{104B0}-\\x{104D3}\\x{104D8}-\\x{104FB}\\x{10C80}-\\x{10CB2}\\x{10CC0}-\\x{10CF2}"
                    + "\\x{118A0}-\\x{118DF}\\x{1E900}-\\x{1E943}";
    private static final String LLM_SIGNS =
            "!-/:-~\\uFF01-\\uFF0F\\uFF1A-\\uFF5E\\u2018-\\u201F\\u3000-\\u3002";
    private static final String NOT_LATIN_RANGES = "\\u4E00-\\u9FA5\\u0800-\\u4E00\\uAC00-\\uD7FF";
    private static final String NOT_LATIN = "[" + NOT_LATIN_RANGES + "]+";
    private static final String SPACE_AT_END = "\\s+$";
    private static final String HAN_AND_KANA = "[\\u4E00-\\u9FA5\\u3040-\\u309F\\u30A0-\\u30FF]+";
    private static final String V3_WORDS =
            "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
                    + "| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final List<String> LLM_PATTERNS =
            List.of(
                    "[\\r\\n]",
                    "\\s?[" + CASED_LETTERS + "]+",
                    "\\s?[" + LLM_SIGNS + "]+",
                    SPACE_AT_END,
                    NOT_LATIN,
                    "\\p{N}+");

    private static final String LLAMA_WORDS_BEFORE_DIGITS =
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|";
    private static final String LLAMA_WORDS_AFTER_DIGITS =
            "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String GPT_2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
    private static final String QWEN_2 =
            LLAMA_WORDS_BEFORE_DIGITS + "\\p{N}" + LLAMA_WORDS_AFTER_DIGITS;

    /**
     * In the order in which a file's patterns are looked up, so of two equal ones the first names
     * them.
     */
    private static final Map<String, PreTokenizer> NAMED = new LinkedHashMap<>();

    static {
        define("cachalot", Scan.deepSeekV3(1), "\\p{N}", HAN_AND_KANA, V3_WORDS);
        define("deepseek-v3", Scan.deepSeekV3(3), "\\p{N}{1,3}", HAN_AND_KANA, V3_WORDS);
        define(
                "deepseek-llm",
                ScanStages.deepSeekLlm(CASED_LETTERS, LLM_SIGNS, NOT_LATIN_RANGES),
                LLM_PATTERNS.toArray(String[]::new));
        define(
                "deepseek-coder",
                null,
                "[\\r\\n]",
                "\\s?\\p{L}+",
                "\\s?\\p{P}+",
                NOT_LATIN,
                "\\p{N}");
        define("qwen2", Scan.llama3(1), QWEN_2);
        define("deepseek-r1-qwen", Scan.llama3(1), QWEN_2);
        define(
                "llama-bpe",
                Scan.llama3(3),
                LLAMA_WORDS_BEFORE_DIGITS + "\\p{N}{1,3}" + LLAMA_WORDS_AFTER_DIGITS);
        define("gpt-2", Scan::gpt2, GPT_2);
    }

    private final String name;
    private final List<String> patterns; // in the canonical spelling
    private final List<Pattern> compiled;
    private final Scan.@Nullable Cutter byHand; // does what the patterns say

    private PreTokenizer(String name, Scan.@Nullable Cutter byHand, List<String> patterns) {
        this.name = name;
        this.byHand = byHand;
        this.patterns = patterns;
        this.compiled = patterns.stream().map(PreTokenizer::compile).toList();
    }

    private static void define(String name, Scan.@Nullable Cutter byHand, String... patterns) {
        NAMED.put(name, new PreTokenizer(name, byHand, List.of(patterns)));
    }

    /**
     * UNICODE_CHARACTER_CLASS because the files mean Unicode white space by {@code \s}. The
     * end-of-text pattern is written so that a run of spaces is looked at once and not again from
     * each of its spaces.
     */
    private static Pattern compile(String pattern) {
        String linear = pattern.equals(SPACE_AT_END) ? "(?<!\\s)\\s+\\z" : pattern;
        return Pattern.compile(linear, Pattern.UNICODE_CHARACTER_CLASS);
    }

    /**
     * The pre-tokenizer of that name.
     *
     * @throws TokenizerFormatException when there is none
     */
    public static PreTokenizer named(String name) {
        PreTokenizer found = NAMED.get(name);
        if (found == null) {
            throw new TokenizerFormatException(
                    "pre-tokenizer '%s' is not known; expected one of %s".formatted(name, names()));
        }
        return found;
    }

    /** All names that {@link #named} takes. */
    public static List<String> names() {
        return List.copyOf(NAMED.keySet());
    }

    /** The pre-tokenizer with exactly these patterns, as a file spells them. */
    static Optional<PreTokenizer> withPatterns(List<String> patterns) {
        List<String> canonical =
                new ArrayList<>(patterns.stream().map(PatternSpelling::canonical).toList());
        List<String> single = new ArrayList<>(LLM_PATTERNS);
        single.set(single.size() - 1, "\\p{N}");
        if (canonical.equals(single)) {
            // files of the deepseek-llm kind cut digits one by one, llama.cpp does not: the same,
            // for none of their tokens holds two
            canonical = LLM_PATTERNS;
        }
        List<String> wanted = canonical;
        return NAMED.values().stream().filter(known -> known.patterns.equals(wanted)).findFirst();
    }

    public String name() {
        return name;
    }

    /** The patterns with every character written as itself, as files carry them. */
    List<String> patterns() {
        return patterns.stream().map(PatternSpelling::literal).toList();
    }

    /** The pieces of a text, in order; together they are the text. */
    public List<String> split(String text) {
        List<String> pieces = new ArrayList<>();
        split(text, 0, text.length(), (from, to) -> pieces.add(text.substring(from, to)));
        return pieces;
    }

    /** Cuts {@code text[from, to)} as if it were the whole text. */
    void split(String text, int from, int to, Pieces pieces) {
        if (byHand == null) {
            splitByPatterns(text, from, to, pieces);
        } else {
            byHand.cut(text, from, to, pieces);
        }
    }

    /** As {@link #split}, always by the patterns. */
    void splitByPatterns(String text, int from, int to, Pieces pieces) {
        Matcher[] matchers = new Matcher[compiled.size()];
        for (int i = 0; i < matchers.length; i++) {
            matchers[i] = compiled.get(i).matcher(text);
        }
        split(matchers, 0, from, to, pieces);
    }

    private static void split(Matcher[] matchers, int depth, int from, int to, Pieces pieces) {
        if (from == to) {
            return;
        }
        if (depth == matchers.length) {
            pieces.piece(from, to);
            return;
        }
        Matcher matcher = matchers[depth];
        int done = from;
        matcher.region(from, to); // its bounds are opaque: no pattern looks past its piece
        while (matcher.find()) {
            int start = matcher.start();
            int end = matcher.end();
            split(matchers, depth + 1, done, start, pieces);
            split(matchers, depth + 1, start, end, pieces);
            done = end;
        }
        split(matchers, depth + 1, done, to, pieces);
    }

    /** Receives the pieces of a text in order, each as a range of it. */
    @FunctionalInterface
    interface Pieces {
        void piece(int from, int to);
    }
}

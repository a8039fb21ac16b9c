package dev.cachalot.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;

/**
 * Speeds of the tokenizers on plain and on adversarial text, one thread, in its own processor time,
 * and what loading takes. Not a test: {@code main} prints three tables. Needs the shared folder;
 * CACHALOT_LLAMA31_TOKENIZER may name a tokenizer.json more.
 */
final class TokenizerTimings {
    private static final int PLAIN_CHARACTERS = 4_000_000;
    private static final List<String> UNITS =
            List.of(
                    "a",
                    " ",
                    "1",
                    "\n",
                    "中",
                    "\u0301",
                    "\u0301\u0327",
                    "👩‍👩‍👧",
                    "ab",
                    "!",
                    " \n",
                    "the ",
                    "0123456789",
                    "aA",
                    "🦙");

    public static void main(String[] arguments) throws IOException {
        Map<String, Vocabulary> vocabularies = vocabularies();
        Path data = Published.folder().resolveSibling("");
        Map<String, String> plain = new LinkedHashMap<>();
        plain.put("English bible", text(data.resolve("text/bible/en-web.jsonl.gz")));
        plain.put("Spanish bible", text(data.resolve("text/bible/es-rv1909.jsonl.gz")));
        plain.put("Chinese classics", text(data.resolve("text/chinese-classics/zh-hant.jsonl.gz")));
        plain.put("388 languages", text(data.resolve("text/udhr/udhr.jsonl.gz")));
        plain.put("Java", text(data.resolve("mbxp-train/java.train.jsonl.gz")));
        System.out.printf(
                "%-16s %-18s %10s %12s %12s%n",
                "vocabulary", "M tokens/s of", "seen text", "unseen text", "chars/token");
        vocabularies.forEach(
                (name, vocabulary) ->
                        plain.forEach((title, text) -> plain(name, vocabulary, title, text)));
        System.out.printf(
                "%n%-16s %-12s %10s %10s %6s%n", "vocabulary", "unit", "1 M chars", "2 M", "ratio");
        vocabularies.forEach(
                (name, vocabulary) -> {
                    Tokenizer tokenizer = vocabulary.tokenizer();
                    UNITS.forEach(unit -> adversarial(name, tokenizer, unit));
                });
    }

    private static Map<String, Vocabulary> vocabularies() throws IOException {
        Map<String, Vocabulary> vocabularies = new LinkedHashMap<>();
        System.out.printf(
                "%-16s %10s %10s %14s %14s%n",
                "vocabulary", "ids", "loading", "allocated", "bytes kept");
        for (String name : List.of("deepseek_v3", "qwen3")) {
            vocabularies.put(name, loading(name, () -> Published.json(name)));
        }
        if (System.getenv("CACHALOT_LLAMA31_TOKENIZER") != null) {
            vocabularies.put("llama3_1", loading("llama3_1", TokenizerTimings::llama31));
        }
        for (String name : List.of("deepseek-llm", "deepseek-coder", "gpt-2", "llama-spm")) {
            vocabularies.put(name, loading(name, () -> Published.gguf(name)));
        }
        System.out.println();
        return vocabularies;
    }

    private static Vocabulary llama31() {
        try {
            return Published.llama31();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Prints the least time of several loads, of the file's parsing and unpacking too. */
    private static Vocabulary loading(String name, Supplier<Vocabulary> file) {
        double seconds = Linear.best(8, () -> file.get().tokenizer());
        Tokenizer[] kept = new Tokenizer[4];
        long before = used();
        long start = allocated();
        Arrays.setAll(kept, _ -> file.get().tokenizer());
        long all = allocated() - start;
        System.out.printf(
                "%-16s %10d %8.3f s %12.1f M %12.1f M%n",
                name,
                kept[0].vocabSize(),
                seconds,
                all / 1e6 / kept.length,
                (used() - before) / 1e6 / kept.length);
        return file.get();
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }

    private static long used() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** A text is seen when the words of it are remembered; a fresh tokenizer remembers none. */
    private static void plain(String name, Vocabulary vocabulary, String title, String text) {
        Tokenizer tokenizer = vocabulary.tokenizer();
        int tokens = tokenizer.encodePlain(text).length;
        double seen = Linear.best(7, () -> tokenizer.encodePlain(text));
        double unseen = Double.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            Tokenizer fresh = vocabulary.tokenizer();
            unseen = Math.min(unseen, Linear.best(1, () -> fresh.encodePlain(text)));
        }
        System.out.printf(
                "%-16s %-18s %10.2f %12.2f %12.2f%n",
                name,
                title,
                tokens / seen / 1e6,
                tokens / unseen / 1e6,
                (double) text.length() / tokens);
    }

    private static void adversarial(String name, Tokenizer tokenizer, String unit) {
        String text = "a" + unit.repeat((1 << 20) / unit.length());
        double once = Linear.best(3, () -> tokenizer.encodePlain(text));
        double twice = Linear.best(3, () -> tokenizer.encodePlain(text + text));
        System.out.printf(
                "%-16s %-12s %8.3f s %8.3f s %6.2f%n",
                name, PatternSpelling.canonical(unit), once, twice, twice / once);
    }

    private static String text(Path file) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        StringBuilder text = new StringBuilder();
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(file)),
                                StandardCharsets.UTF_8))) {
            for (String line = reader.readLine();
                    line != null && text.length() < PLAIN_CHARACTERS;
                    line = reader.readLine()) {
                JsonNode document = mapper.readTree(line);
                for (String field : List.of("text", "prompt", "canonical_solution")) {
                    text.append(document.path(field).asText());
                }
                text.append("\n\n");
            }
        }
        return text.toString();
    }

    private TokenizerTimings() {}
}

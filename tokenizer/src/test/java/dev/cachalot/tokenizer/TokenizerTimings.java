package dev.cachalot.tokenizer;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * Speeds of the tokenizers on plain and on adversarial text, one thread, in its own processor time.
 * Not a test: {@code main} prints two tables. Needs the shared folder.
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
                    "the ");

    public static void main(String[] arguments) throws IOException {
        Map<String, Tokenizer> tokenizers = new LinkedHashMap<>();
        for (String name : List.of("deepseek_v3", "qwen3")) {
            tokenizers.put(name, Published.json(name).tokenizer());
        }
        for (String name : List.of("deepseek-llm", "deepseek-coder", "gpt-2", "llama-spm")) {
            tokenizers.put(name, Published.gguf(name).tokenizer());
        }
        Path texts = Published.folder().resolveSibling("text");
        Map<String, String> plain = new LinkedHashMap<>();
        plain.put("English bible", text(texts.resolve("bible/en-web.jsonl.gz")));
        plain.put("Spanish bible", text(texts.resolve("bible/es-rv1909.jsonl.gz")));
        plain.put("Chinese classics", text(texts.resolve("chinese-classics/zh-hant.jsonl.gz")));
        System.out.printf(
                "%-16s %-18s %10s %12s%n", "vocabulary", "text", "M tokens/s", "M chars/s");
        tokenizers.forEach(
                (name, tokenizer) ->
                        plain.forEach((title, text) -> plain(name, tokenizer, title, text)));
        System.out.printf(
                "%n%-16s %-12s %10s %10s %6s%n", "vocabulary", "unit", "1 M chars", "2 M", "ratio");
        tokenizers.forEach(
                (name, tokenizer) -> UNITS.forEach(unit -> adversarial(name, tokenizer, unit)));
    }

    private static void plain(String name, Tokenizer tokenizer, String title, String text) {
        int tokens = tokenizer.encodePlain(text).length;
        double seconds = Linear.best(7, () -> tokenizer.encodePlain(text));
        System.out.printf(
                "%-16s %-18s %10.2f %12.2f%n",
                name, title, tokens / seconds / 1e6, text.length() / seconds / 1e6);
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
                text.append(mapper.readTree(line).path("text").asText()).append("\n\n");
            }
        }
        return text.toString();
    }

    private TokenizerTimings() {}
}

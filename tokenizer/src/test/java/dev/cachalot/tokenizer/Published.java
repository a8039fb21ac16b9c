package dev.cachalot.tokenizer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cachalot.testing.SharedFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.zip.GZIPInputStream;

/**
 * The published vocabularies of the shared folder; a test that needs one is skipped without the
 * folder.
 */
final class Published {
    /** The folder, or a skipped test that says what is missing. */
    static Path folder() {
        Optional<Path> folder =
                SharedFolder.find().map(shared -> shared.resolve("data/tokenizers"));
        assumeTrue(
                folder.isPresent() && Files.isDirectory(folder.get()),
                "needs data/tokenizers of the shared folder (CACHALOT_SHARED names it)");
        return folder.get();
    }

    static TokenizerSpec json(String name) {
        Path file = folder().resolve(name).resolve("tokenizer.json.gz");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return TokenizerJson.read(in, file.toString());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /**
     * Llama 3.1's licence keeps its vocabulary out of the shared folder; a variable names a
     * tokenizer.json of it.
     */
    static Vocabulary llama31() throws IOException {
        String file = System.getenv("CACHALOT_LLAMA31_TOKENIZER");
        assumeTrue(file != null, "needs CACHALOT_LLAMA31_TOKENIZER, the path of a tokenizer.json");
        return TokenizerJson.readAny(Path.of(file));
    }

    /** The keys of a vocabulary-only GGUF: just enough reading for these trusted files. */
    static Vocabulary gguf(String name) {
        Path file = folder().resolve("llama.cpp-vocab/ggml-vocab-" + name + ".gguf.gz");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return gguf(in);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Vocabulary gguf(InputStream in) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(16);
        Map<String, Object> keys = new HashMap<>();
        for (long left = bytes.getLong(); left > 0; left--) {
            String key = text(bytes);
            keys.put(key, value(bytes, bytes.getInt()));
        }
        return spec(keys);
    }

    private static Vocabulary spec(Map<String, Object> keys) {
        List<String> tokens = texts(key(keys, "tokenizer.ggml.tokens"));
        List<?> types = (List<?>) key(keys, "tokenizer.ggml.token_type");
        List<AddedToken> added = new ArrayList<>();
        for (int id = 0; id < tokens.size(); id++) {
            int type = (Integer) types.get(id);
            if (type == 2 || type == 3 || type == 4) { // unknown, control, user defined
                added.add(new AddedToken(id, tokens.get(id), type != 4));
            }
        }
        OptionalInt bos = OptionalInt.of((Integer) key(keys, "tokenizer.ggml.bos_token_id"));
        OptionalInt eos = OptionalInt.of((Integer) key(keys, "tokenizer.ggml.eos_token_id"));
        if (key(keys, "tokenizer.ggml.model").equals("llama")) {
            List<Float> scores =
                    ((List<?>) key(keys, "tokenizer.ggml.scores"))
                            .stream().map(Float.class::cast).toList();
            return new SentencePieceSpec(
                    tokens,
                    new SentencePieceSpec.ByScore(scores),
                    added,
                    SpacePrefix.EVERY_PART,
                    OptionalInt.of(0),
                    bos,
                    eos,
                    true);
        }
        return TokenizerSpec.of(
                (String) key(keys, "tokenizer.ggml.pre"),
                tokens,
                texts(key(keys, "tokenizer.ggml.merges")),
                added,
                bos,
                eos);
    }

    private static Object key(Map<String, Object> keys, String key) {
        return Objects.requireNonNull(keys.get(key), key);
    }

    private static List<String> texts(Object list) {
        return ((List<?>) list).stream().map(String.class::cast).toList();
    }

    private static String text(ByteBuffer bytes) {
        byte[] utf8 = new byte[(int) bytes.getLong()];
        bytes.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private static Object value(ByteBuffer bytes, int type) {
        return switch (type) {
            case 4, 5 -> bytes.getInt();
            case 6 -> bytes.getFloat();
            case 7 -> bytes.get() != 0;
            case 8 -> text(bytes);
            case 9 -> {
                int element = bytes.getInt();
                List<Object> list = new ArrayList<>();
                for (long left = bytes.getLong(); left > 0; left--) {
                    list.add(value(bytes, element));
                }
                yield list;
            }
            default -> throw new AssertionError("type " + type + " does not occur in these files");
        };
    }

    private Published() {}
}

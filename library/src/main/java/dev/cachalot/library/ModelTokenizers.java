package dev.cachalot.library;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.MetadataBuilder;
import dev.cachalot.tokenizer.Tokenizer;
import dev.cachalot.tokenizer.TokenizerFormatException;
import dev.cachalot.tokenizer.TokenizerJson;
import dev.cachalot.tokenizer.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tokenizer of a model on disk. */
public final class ModelTokenizers {
    private static final String JSON = "tokenizer.json";

    /**
     * The tokenizer of a GGUF file, a folder with a tokenizer.json, or a tokenizer.json itself.
     *
     * @throws UnusableModelException if there is none
     * @throws dev.cachalot.tokenizer.TokenizerFormatException if it is broken
     * @throws IOException if a file cannot be read
     */
    public static Tokenizer read(Path path) throws IOException {
        return made(vocabulary(path), path);
    }

    /** As {@link #read}, the vocabulary as the file describes it. */
    public static Vocabulary vocabulary(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return TokenizerJson.readAny(json(path));
        }
        if (path.toString().endsWith(".json")) {
            return TokenizerJson.readAny(path);
        }
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            return vocabulary(checkpoint);
        }
    }

    /** The vocabulary of an open checkpoint, a GGUF file or a folder with a tokenizer.json. */
    public static Vocabulary vocabulary(Checkpoint checkpoint) throws IOException {
        Path path = checkpoint.path();
        return checkpoint.config().isPresent()
                ? TokenizerJson.readAny(json(path))
                : GgufTokenizer.read(checkpoint.metadata(), path.toString());
    }

    /** The tokenizer of an open checkpoint; stays usable when that is closed. */
    static Tokenizer of(Checkpoint checkpoint) throws IOException {
        return made(vocabulary(checkpoint), checkpoint.path());
    }

    /** What is wrong with the merges and tokens themselves comes without the file's name. */
    private static Tokenizer made(Vocabulary vocabulary, Path path) {
        try {
            return vocabulary.tokenizer();
        } catch (TokenizerFormatException broken) {
            throw new TokenizerFormatException(
                    "the tokenizer of %s is broken: %s; fetch it again"
                            .formatted(path, broken.getMessage()),
                    broken);
        }
    }

    /** Writes a vocabulary into a GGUF file's metadata, for llama.cpp and for {@link #read}. */
    public static void write(Vocabulary vocabulary, MetadataBuilder metadata) {
        GgufTokenizer.write(vocabulary, metadata);
    }

    private static Path json(Path folder) {
        Path json = folder.resolve(JSON);
        if (!Files.exists(json)) {
            throw new UnusableModelException(
                    folder + " has no " + JSON + "; expected the one the model came with");
        }
        return json;
    }

    private ModelTokenizers() {}
}

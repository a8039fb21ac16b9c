package dev.cachalot.bench.tokenizer;

import dev.cachalot.library.ModelTokenizers;
import dev.cachalot.testing.SharedFolder;
import dev.cachalot.tokenizer.Vocabulary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** Published vocabularies, packed in the shared folder or in a file of the user's. */
final class SharedVocabulary {
    static Vocabulary read(String nameOrPath) throws IOException {
        Optional<Path> tokenizers =
                SharedFolder.find().map(shared -> shared.resolve("data/tokenizers"));
        if (tokenizers.isPresent()) {
            for (String packed :
                    new String[] {
                        "%s/tokenizer.json.gz", "llama.cpp-vocab/ggml-vocab-%s.gguf.gz"
                    }) {
                Path file = tokenizers.get().resolve(packed.formatted(nameOrPath));
                if (Files.exists(file)) {
                    return unpacked(file);
                }
            }
        }
        return ModelTokenizers.vocabulary(Path.of(nameOrPath));
    }

    private static Vocabulary unpacked(Path packed) throws IOException {
        String name = packed.getFileName().toString().replaceAll("\\.gz$", "");
        Path file = Files.createTempFile("vocabulary", name);
        try (InputStream in = new GZIPInputStream(Files.newInputStream(packed))) {
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            return ModelTokenizers.vocabulary(file);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private SharedVocabulary() {}
}

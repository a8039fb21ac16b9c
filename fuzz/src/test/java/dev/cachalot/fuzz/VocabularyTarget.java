package dev.cachalot.fuzz;

import dev.cachalot.checkpoint.CheckpointException;
import dev.cachalot.checkpoint.GgufWriter;
import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.checkpoint.MetadataBuilder;
import dev.cachalot.library.LibraryException;
import dev.cachalot.library.ModelTokenizers;
import dev.cachalot.tokenizer.AddedToken;
import dev.cachalot.tokenizer.InvalidTextException;
import dev.cachalot.tokenizer.SpacePrefix;
import dev.cachalot.tokenizer.TokenizerFormatException;
import dev.cachalot.tokenizer.TokenizerSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tokenizer in a GGUF file's metadata. */
final class VocabularyTarget implements Target {

    @Override
    public String name() {
        return "vocabulary";
    }

    @Override
    public void read(byte[] input) throws IOException {
        Path file = Scratch.write(name(), "input.gguf", input);
        TokenizerJsonTarget.speak(ModelTokenizers.read(file), TokenizerJsonTarget.TEXT);
    }

    @Override
    public Set<Class<? extends Exception>> refusals() {
        return Set.of(
                CheckpointException.class,
                LibraryException.class,
                TokenizerFormatException.class,
                InvalidTextException.class);
    }

    /** The keys of a vocabulary as GGUF files have them. */
    static MetadataBuilder put(TokenizerSpec spec, MetadataBuilder metadata) {
        List<Integer> types = new ArrayList<>(Collections.nCopies(spec.tokens().size(), 1));
        for (AddedToken added : spec.addedTokens()) {
            types.set(added.id(), added.special() ? 3 : 4);
        }
        spec.bosId().ifPresent(id -> metadata.u32("tokenizer.ggml.bos_token_id", id));
        spec.eosId().ifPresent(id -> metadata.u32("tokenizer.ggml.eos_token_id", id));
        return metadata.string("tokenizer.ggml.model", "gpt2")
                .string("tokenizer.ggml.pre", spec.preTokenizer())
                .stringList("tokenizer.ggml.tokens", spec.tokens())
                .i32List("tokenizer.ggml.token_type", types)
                .stringList("tokenizer.ggml.merges", spec.merges());
    }

    @Override
    public Map<String, byte[]> seeds() throws IOException {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        for (String name : List.of("gpt-2", "deepseek-v3", "deepseek-r1-qwen")) {
            Path file = Scratch.file(name(), "seed.gguf");
            Metadata metadata = put(Seeds.vocabulary(name), Metadata.builder()).build();
            new GgufWriter(metadata).write(file);
            seeds.put(name, Files.readAllBytes(file));
        }
        MetadataBuilder llama = Metadata.builder();
        ModelTokenizers.write(Seeds.sentencePiece(SpacePrefix.EVERY_PART), llama);
        Path file = Scratch.file(name(), "seed.gguf");
        new GgufWriter(llama.build()).write(file);
        seeds.put("llama", Files.readAllBytes(file));
        return seeds;
    }

    @Override
    public Set<String> words() {
        return Set.of(
                "tokenizer.ggml.model",
                "gpt2",
                "llama",
                "tokenizer.ggml.pre",
                "tokenizer.ggml.scores",
                "tokenizer.ggml.tokens",
                "tokenizer.ggml.merges",
                "tokenizer.ggml.token_type",
                "deepseek-llm",
                "deepseek-coder",
                "qwen2",
                "llama-bpe",
                "<0x0A>",
                "▁",
                "<unk>");
    }
}

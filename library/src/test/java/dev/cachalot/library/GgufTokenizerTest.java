package dev.cachalot.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.checkpoint.GgufWriter;
import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.checkpoint.MetadataBuilder;
import dev.cachalot.tokenizer.AddedToken;
import dev.cachalot.tokenizer.BytePairTrainer;
import dev.cachalot.tokenizer.DeepSeekTokens;
import dev.cachalot.tokenizer.PreTokenizer;
import dev.cachalot.tokenizer.SentencePieceSpec;
import dev.cachalot.tokenizer.SpacePrefix;
import dev.cachalot.tokenizer.TokenizerFormatException;
import dev.cachalot.tokenizer.TokenizerSpec;
import dev.cachalot.tokenizer.Vocabulary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GgufTokenizerTest {
    @TempDir Path folder = Path.of("");

    private static final TokenizerSpec TRAINED =
            new BytePairTrainer(300, PreTokenizer.named("cachalot"), DeepSeekTokens.CHAT)
                    .train(List.of("the cat sat on the mat", "the cat sat on the mat"));

    private static Metadata written(Vocabulary vocabulary) {
        MetadataBuilder metadata = Metadata.builder();
        GgufTokenizer.write(vocabulary, metadata);
        return metadata.build();
    }

    @ParameterizedTest
    @CsvSource({
        "qwen2,true,false,true",
        "qwen2,false,true,false",
        "llama-bpe,true,true,true",
        "llama-bpe,false,false,true",
        "deepseek-v3,false,false,false"
    })
    void aByteLevelVocabularyReadsBackAsItWas(
            String pre, boolean ignoreMerges, boolean nfc, boolean addsBos) {
        TokenizerSpec spec =
                new TokenizerSpec(
                        pre,
                        TRAINED.tokens(),
                        TRAINED.merges(),
                        TRAINED.addedTokens(),
                        TRAINED.bosId(),
                        TRAINED.eosId(),
                        new TokenizerSpec.Rules(ignoreMerges, nfc, addsBos));
        assertThat(GgufTokenizer.read(written(spec), "x.gguf")).isEqualTo(spec);
    }

    private static SentencePieceSpec sentencePiece(SpacePrefix prefix) {
        List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
        for (int b = 0; b < 256; b++) {
            tokens.add("<0x%02X>".formatted(b));
        }
        tokens.addAll(List.of("▁", "t", "h", "▁t", "th"));
        List<Float> scores = new ArrayList<>(Collections.nCopies(tokens.size(), 0f));
        scores.set(tokens.size() - 1, -1.5f);
        return new SentencePieceSpec(
                tokens,
                new SentencePieceSpec.ByScore(scores),
                List.of(
                        new AddedToken(0, "<unk>", true),
                        new AddedToken(1, "<s>", true),
                        new AddedToken(2, "</s>", true)),
                prefix,
                OptionalInt.of(0),
                OptionalInt.of(1),
                OptionalInt.of(2),
                prefix == SpacePrefix.NEVER);
    }

    @ParameterizedTest
    @EnumSource
    void aSentencePieceVocabularyReadsBackAsItWas(SpacePrefix prefix) {
        SentencePieceSpec spec = sentencePiece(prefix);
        assertThat(GgufTokenizer.read(written(spec), "x.gguf")).isEqualTo(spec);
    }

    @Test
    void contradictionsAreNamedWithFileAndKey() {
        refused(
                TRAINED,
                m ->
                        m.stringList("tokenizer.ggml.tokens", List.of())
                                .i32List("tokenizer.ggml.token_type", List.of()),
                "the vocabulary is empty");
        refused(
                TRAINED,
                m -> m.i32List("tokenizer.ggml.token_type", List.of(1)),
                "there are 1 token types for ");
        refused(
                TRAINED,
                m -> m.u32("tokenizer.ggml.bos_token_id", 300),
                "bos id is 300; expected 0 to ");
        refused(TRAINED, m -> m.string("tokenizer.ggml.pre", "new"), "'new' is not known");
        SentencePieceSpec spec = sentencePiece(SpacePrefix.NEVER);
        List<Integer> bytes = Collections.nCopies(spec.tokens().size(), 6);
        refused(
                spec,
                m -> m.i32List("tokenizer.ggml.token_type", bytes),
                "token 0 '<unk>' is marked as a byte");
        List<Float> scores = new ArrayList<>(spec.scores());
        scores.set(9, Float.NaN);
        refused(
                spec,
                m -> m.f32List("tokenizer.ggml.scores", scores),
                "the score of token 9 is not a number");
        refused(spec, m -> m.f32List("tokenizer.ggml.scores", List.of()), "0 scores for 264");
    }

    @Test
    void mergesOfTokensThatAreNotThereAreNamedWithTheFile() throws IOException {
        for (String merge : List.of("a \u0120zz", "Q Z")) {
            List<String> merges = new ArrayList<>(TRAINED.merges());
            merges.add(merge);
            MetadataBuilder metadata = Metadata.builder();
            GgufTokenizer.write(TRAINED, metadata);
            metadata.stringList("tokenizer.ggml.merges", merges);
            Path file = folder.resolve("broken.gguf");
            new GgufWriter(metadata.build()).write(file);
            assertThatThrownBy(() -> ModelTokenizers.read(file))
                    .isInstanceOf(TokenizerFormatException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("merge %d ('%s')", merges.size() - 1, merge)
                    .hasMessageContaining("which the vocabulary lacks");
        }
    }

    private static void refused(
            Vocabulary vocabulary, Consumer<MetadataBuilder> damage, String message) {
        MetadataBuilder metadata = Metadata.builder();
        GgufTokenizer.write(vocabulary, metadata);
        damage.accept(metadata);
        assertThatThrownBy(() -> GgufTokenizer.read(metadata.build(), "x.gguf"))
                .isInstanceOf(TokenizerFormatException.class)
                .hasMessageStartingWith("x.gguf: tokenizer.ggml: ")
                .hasMessageContaining(message);
    }

    @Test
    void anUnknownKindIsNamedWithTheKnownOnes() {
        MetadataBuilder metadata = Metadata.builder().string("tokenizer.ggml.model", "t5");
        assertThatThrownBy(() -> GgufTokenizer.read(metadata.build(), "x.gguf"))
                .isInstanceOf(UnusableModelException.class)
                .hasMessageContaining("kind 't5'")
                .hasMessageContaining("'gpt2'")
                .hasMessageContaining("'llama'");
    }
}

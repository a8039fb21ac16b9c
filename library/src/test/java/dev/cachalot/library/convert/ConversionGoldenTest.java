package dev.cachalot.library.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.TensorInfo;
import dev.cachalot.library.ModelTokenizers;
import dev.cachalot.testing.Golden;
import dev.cachalot.testing.SharedFolder;
import dev.cachalot.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of other engines, converted; those not in the repository need the shared folder. */
class ConversionGoldenTest {
    @TempDir Path folder = Path.of("");

    private static ConversionReport convert(Path in, Path out, TargetType type) throws IOException {
        return Conversion.run(in, out, type, (_, _, _) -> {});
    }

    private static Path data(String name) {
        Optional<Path> found = SharedFolder.find();
        assumeTrue(found.isPresent(), "needs the folder shared beside the checkout");
        return found.orElseThrow().resolve("data").resolve(name);
    }

    private static void assertSameNumbers(Path expected, Path found) throws IOException {
        try (Checkpoint one = Checkpoint.open(expected);
                Checkpoint other = Checkpoint.open(found)) {
            for (TensorInfo info : one.tensorInfos()) {
                int count = Math.toIntExact(info.shape().elements());
                int rows = Math.toIntExact(info.shape().rows());
                float[] numbers = new float[count];
                float[] same = new float[count];
                one.decodeRows(info.name(), 0, rows, numbers);
                assertThat(other.info(info.name()).orElseThrow().shape()).isEqualTo(info.shape());
                other.decodeRows(info.name(), 0, rows, same);
                assertThat(same).as(info.name()).isEqualTo(numbers);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deepseek2-v3-legacy",
                "deepseek2-v2-legacy",
                "deepseek2-v2-lite",
                "deepseek2-v3-mla",
                "llama",
                "qwen2",
                "qwen3",
                "deepseek2-v3-q4_k"
            })
    void aFolderAndAFileMadeOfItGiveTheGoldenLogitsWhereTheModelIsFound(String name)
            throws IOException {
        Optional<Golden> found = Golden.find(name + ".gguf");
        assumeTrue(found.isPresent(), "the shared folder of golden models is not there");
        Golden golden = found.orElseThrow();
        convert(golden.model(), folder.resolve("hf"), TargetType.F32);
        convert(folder.resolve("hf"), folder.resolve("back.gguf"), TargetType.F32);
        for (String converted : new String[] {"hf", "back.gguf"}) {
            float[] logits = Logits.of(folder.resolve(converted), golden.tokens());
            assertThat(golden.firstDifference(logits, golden.toleranceFp32()))
                    .as(converted)
                    .isEmpty();
        }
    }

    @Test
    void storiesOfASharedFolderGoToGgufAndBackExactly() throws IOException {
        Path stories = data("weights-stories260K");
        convert(stories.resolve("hf"), folder.resolve("s.gguf"), TargetType.F32);
        convert(folder.resolve("s.gguf"), folder.resolve("hf"), TargetType.F32);
        assertSameNumbers(stories.resolve("hf"), folder.resolve("hf"));
        Path gguf = stories.resolve("stories260K-f32.gguf");
        try (Checkpoint theirs = Checkpoint.open(gguf);
                Checkpoint ours = Checkpoint.open(folder.resolve("s.gguf"))) {
            for (TensorInfo info : ours.tensorInfos()) { // theirs has the tied output too
                assertThat(ours.find(info.name()).orElseThrow().toFloats())
                        .as(info.name())
                        .isEqualTo(theirs.find(info.name()).orElseThrow().toFloats());
            }
        }
        convert(gguf, folder.resolve("hf2"), TargetType.F32);
        convert(folder.resolve("hf2"), folder.resolve("s2.gguf"), TargetType.F32);
        assertSameNumbers(gguf, folder.resolve("s2.gguf"));
    }

    /**
     * What is computed from whole numbers under scales is what the format says: the same as from
     * the numbers written out, whose logits the F32 file's golden judges.
     */
    @ParameterizedTest
    @ValueSource(strings = {"Q8_0", "Q5_1", "Q4_0"})
    void roundedStoriesOfTheSharedFolderAreComputedExactly(String type) throws IOException {
        Path rounded = data("weights-stories260K/stories260K-pad192-" + type + ".gguf");
        convert(rounded, folder.resolve("f32.gguf"), TargetType.F32);
        int[] tokens = {1, 403, 407, 261, 378, 31, 5};
        float[] expected = Logits.of(folder.resolve("f32.gguf"), tokens);
        assertThat(Logits.relativeError(expected, Logits.of(rounded, tokens))).isLessThan(1e-6);
    }

    @Test
    void theStoriesTokenizerOfTheSharedFolderSurvivesTheWayThere() throws IOException {
        Path gguf = data("weights-stories260K/stories260K-f32.gguf");
        convert(gguf, folder.resolve("hf"), TargetType.F16);
        convert(folder.resolve("hf"), folder.resolve("back.gguf"), TargetType.F16);
        String text = "Once upon a time, there was a café. \n\n  Lily's  mom said: 好!";
        Tokenizer first = ModelTokenizers.read(gguf);
        for (String converted : new String[] {"hf", "back.gguf"}) {
            Tokenizer tokenizer = ModelTokenizers.read(folder.resolve(converted));
            assertThat(tokenizer.encode(text)).as(converted).isEqualTo(first.encode(text));
            assertThat(tokenizer.bosId()).isEqualTo(first.bosId());
            assertThat(tokenizer.eosId()).isEqualTo(first.eosId());
        }
    }

    @Test
    void eightBitFloatsOfTheSharedFolderBecomeAnyFormWithTheSameLogits() throws IOException {
        Path source = data("weights-tiny-deepseek-v3-random/hf-fp8");
        int[] tokens = {1, 40, 300, 22, 511, 7};
        float[] expected = Logits.of(source, tokens);
        convert(source, folder.resolve("hf"), TargetType.F32);
        convert(source, folder.resolve("m.gguf"), TargetType.F32);
        assertThat(Logits.of(folder.resolve("hf"), tokens)).isEqualTo(expected);
        assertThat(Logits.of(folder.resolve("m.gguf"), tokens)).isEqualTo(expected);
        try (Checkpoint written = Checkpoint.open(folder.resolve("hf"))) {
            assertThat(written.config().orElseThrow().contains("quantization_config.fmt"))
                    .isFalse();
            assertThat(written.tensorInfos()).noneMatch(t -> t.name().endsWith("_scale_inv"));
        }
    }
}

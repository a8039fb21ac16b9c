package dev.cachalot.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cachalot.tensor.BlockFormat;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.testing.SharedFolder;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that other programs wrote, in the folder shared beside the checkout. */
class GgufGoldenTest {
    @TempDir Path folder = Path.of("");
    private Path shared = Path.of("");

    @BeforeEach
    void findSharedFolder() {
        Optional<Path> found = SharedFolder.find();
        assumeTrue(found.isPresent(), "needs the folder shared beside the checkout");
        shared = found.orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "golden/deepseek2-v2-legacy.gguf",
                "golden/deepseek2-v2-lite.gguf",
                "golden/deepseek2-v3-bf16.gguf",
                "golden/deepseek2-v3-f16.gguf",
                "golden/deepseek2-v3-legacy.gguf",
                "golden/deepseek2-v3-mla.gguf",
                "golden/deepseek2-v3-q4_0.gguf",
                "golden/deepseek2-v3-q4_k.gguf",
                "golden/deepseek2-v3-q6_k.gguf",
                "golden/deepseek2-v3-q8_0.gguf",
                "golden/llama.gguf",
                "golden/qwen2.gguf",
                "golden/qwen3.gguf",
                "data/weights-stories260K/stories260K-f16.gguf",
                "data/weights-stories260K/stories260K-f32.gguf",
                "data/weights-stories260K/stories260K-pad192-Q4_0.gguf",
                "data/weights-stories260K/stories260K-pad192-Q5_1.gguf",
                "data/weights-stories260K/stories260K-pad192-Q8_0.gguf",
                "data/weights-tiny-deepseek-v3-random/tiny-deepseek-v3-random-f32.gguf"
            })
    void everyGoldenFileOpensAndHasItsEmbedding(String name) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(shared.resolve(name))) {
            Metadata metadata = checkpoint.metadata();
            String architecture = metadata.requireString("general.architecture");
            int hiddenSize = metadata.requireInt(architecture + ".embedding_length");
            int vocabSize = metadata.requireStringList("tokenizer.ggml.tokens").size();
            TensorInfo embedding =
                    checkpoint.tensorInfos().stream()
                            .filter(tensor -> tensor.name().equals("token_embd.weight"))
                            .findFirst()
                            .orElseThrow();
            assertThat(embedding.shape()).isEqualTo(Shape.of(vocabSize, hiddenSize));
            assertThat(metadata.requireFloat(architecture + ".attention.layer_norm_rms_epsilon"))
                    .isBetween(1e-7f, 1e-4f);
            for (Tensor tensor : checkpoint.tensors().values()) {
                assertThat(Float.isFinite(tensor.toFloats()[0])).isTrue();
            }
        }
    }

    @Test
    void theNormOfARandomModelIsAllOnes() throws IOException {
        try (Checkpoint checkpoint =
                Checkpoint.open(shared.resolve("golden/deepseek2-v3-q8_0.gguf"))) {
            int hiddenSize = checkpoint.metadata().requireInt("deepseek2.embedding_length");
            Tensor norm = checkpoint.require("output_norm.weight", Shape.of(hiddenSize));
            assertThat(norm.dtype()).isEqualTo(DType.F32);
            assertThat(norm.toFloats()).containsOnly(1f);
            assertThat(checkpoint.find("output.weight").orElseThrow().dtype())
                    .isEqualTo(DType.Q8_0);
        }
    }

    @Test
    void blocksOfFourBitsAreFoundUnderTheirType() throws IOException {
        try (Checkpoint checkpoint =
                Checkpoint.open(shared.resolve("golden/deepseek2-v3-q4_k.gguf"))) {
            String name =
                    checkpoint.tensorInfos().stream()
                            .filter(tensor -> tensor.dtypeName().equals("Q4_K"))
                            .findFirst()
                            .orElseThrow()
                            .name();
            assertThat(checkpoint.find(name).orElseThrow().dtype()).isEqualTo(DType.Q4_K);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Q4_0", "Q5_1", "Q8_0"})
    void quantisingOnTheWayGivesTheBytesOfAnotherProgram(DType dtype) throws IOException {
        Path weights = shared.resolve("data/weights-stories260K");
        Path written = folder.resolve("quantised.gguf");
        try (Checkpoint floats = Checkpoint.open(weights.resolve("stories260K-f32.gguf"));
                Checkpoint theirs =
                        Checkpoint.open(weights.resolve("stories260K-pad192-" + dtype + ".gguf"))) {
            GgufWriter writer = new GgufWriter(floats.metadata());
            List<String> same = new ArrayList<>();
            theirs.tensors()
                    .forEach(
                            (name, tensor) -> {
                                Tensor source = floats.find(name).orElseThrow();
                                if (tensor.dtype() == dtype
                                        && source.shape().equals(tensor.shape())) {
                                    writer.add(name, source, dtype);
                                    same.add(name);
                                }
                            });
            writer.write(written);
            assertThat(same).isNotEmpty();
            try (Checkpoint ours = Checkpoint.open(written)) {
                for (String name : same) {
                    Tensor expected = theirs.find(name).orElseThrow();
                    assertThat(
                                    ours.require(name, expected.shape())
                                            .segment()
                                            .mismatch(expected.segment()))
                            .as("first differing byte of %s", name)
                            .isEqualTo(-1);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Q4_0", "Q4_K", "Q6_K", "Q8_0"})
    void quantisedNumbersAreAsNearTheHalvesAsAnotherPrograms(DType dtype) throws IOException {
        String name = "golden/deepseek2-v3-" + dtype.name().toLowerCase(Locale.ROOT) + ".gguf";
        try (Checkpoint halves = Checkpoint.open(shared.resolve("golden/deepseek2-v3-f16.gguf"));
                Checkpoint theirs = Checkpoint.open(shared.resolve(name))) {
            double expected = 0;
            double found = 0;
            for (Map.Entry<String, Tensor> each : theirs.tensors().entrySet()) {
                Tensor quantised = each.getValue();
                Tensor source = halves.find(each.getKey()).orElseThrow();
                if (quantised.dtype() != dtype || !source.shape().equals(quantised.shape())) {
                    continue;
                }
                float[] numbers = source.toFloats();
                byte[] bytes = new byte[(int) dtype.bytes(numbers.length)];
                MemorySegment ours = MemorySegment.ofArray(bytes);
                BlockFormat.encode(dtype, numbers, 0, numbers.length, ours, 0);
                expected += squaredDifference(numbers, quantised);
                found += squaredDifference(numbers, Tensor.view(dtype, source.shape(), ours));
            }
            assertThat(expected).isPositive();
            assertThat(Math.sqrt(found / expected)).isLessThan(1.02);
        }
    }

    private static double squaredDifference(float[] numbers, Tensor quantised) {
        float[] decoded = quantised.toFloats();
        double sum = 0;
        for (int i = 0; i < numbers.length; i++) {
            double difference = decoded[i] - numbers[i];
            sum += difference * difference;
        }
        return sum;
    }
}

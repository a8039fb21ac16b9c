package dev.cachalot.library.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.CheckpointFormatException;
import dev.cachalot.checkpoint.repack.LaidOutWeights;
import dev.cachalot.checkpoint.repack.RepackProgress;
import dev.cachalot.checkpoint.repack.RepackedFile;
import dev.cachalot.library.LoadOptions;
import dev.cachalot.library.ModelLoader;
import dev.cachalot.library.Repacking;
import dev.cachalot.library.convert.RandomModel.Kind;
import dev.cachalot.model.CheckpointWeights;
import dev.cachalot.model.DecoderBuilder;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.ModelConfigs;
import dev.cachalot.model.WeightSource;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The file of laid-out weights, made without loading the model. */
class RepackingTest {
    private static final int[] TOKENS = {1, 17, 4, 95, 33, 60};

    @TempDir Path folder = Path.of("");

    private static List<Rung> rungs() {
        return Arrays.stream(Rung.values())
                .filter(rung -> rung != Rung.SCALAR && rung.unsupported().isEmpty())
                .toList();
    }

    private Path model(Kind kind, TargetType type) throws IOException {
        Path plain = RandomModel.write(kind, folder.resolve("plain.gguf"));
        Path model = folder.resolve("model.gguf");
        Conversion.run(plain, model, type, (_, _, _) -> {});
        return model;
    }

    /** Loads; how many bytes were laid out for it. */
    private static long load(Path model, Rung rung) throws IOException {
        AtomicLong laidOut = new AtomicLong();
        RepackProgress progress = (bytes, _) -> laidOut.set(bytes);
        ModelLoader.load(model, new LoadOptions(2, OptionalInt.of(64), rung), progress).close();
        return laidOut.get();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void theFileIsThatOfAFirstLoadAndLaterOnesLayNothingOut(Kind kind) throws IOException {
        Path model = model(kind, TargetType.Q4_K_M);
        Path file = RepackedFile.beside(model);
        float[] expected = Logits.of(model, TOKENS);
        assertThat(file).as("of a model too small for one that nobody asked for").doesNotExist();
        for (Rung rung : rungs()) {
            Files.writeString(file, ""); // where there is one, a load makes it right
            assertThat(load(model, rung)).isPositive();
            byte[] ofLoad = Files.readAllBytes(file);
            Files.delete(file);
            long bytes = Repacking.run(model, 2, rung, RepackProgress.NONE);
            assertThat(bytes).isBetween(1L, (long) ofLoad.length);
            assertThat(file).as("%s", rung).hasBinaryContent(ofLoad);
            assertThat(load(model, rung)).isZero();
            assertThat(Logits.of(model, TOKENS)).isEqualTo(expected);
            assertThat(file).hasBinaryContent(ofLoad);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aSampleOfTheLayersAndTheHeadAreFoundInIt(Kind kind) throws IOException {
        Path model = model(kind, TargetType.Q4_K_M);
        Rung rung = rungs().getLast();
        long bytes = Repacking.run(model, 1, rung, RepackProgress.NONE);
        try (Checkpoint checkpoint = Checkpoint.open(model);
                Workspace memory = new Workspace();
                WorkerPool pool = new WorkerPool(1);
                LaidOutWeights some = Repacking.ofSample(checkpoint)) {
            Kernels kernels = Kernels.of(rung, pool, some);
            ModelConfig config = ModelConfigs.read(checkpoint);
            WeightSource weights = new CheckpointWeights(checkpoint, config, memory, kernels);
            DecoderBuilder.build(config, weights, kernels, memory, 64, true);
            assertThat(some.mappedBytes()).isEqualTo(bytes);
        }
    }

    @Test
    void weightsThatAreReadAsTheyLieNeedNoFile() throws IOException {
        Path model = model(Kind.QWEN2, TargetType.BF16);
        for (Rung rung : Rung.values()) {
            if (rung.unsupported().isEmpty()) {
                assertThat(Repacking.run(model, 1, rung, RepackProgress.NONE)).isZero();
            }
        }
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("plain.gguf", "model.gguf");
    }

    @Test
    void aBrokenModelIsATypedErrorAndLeavesNothing() throws IOException {
        Path model = Files.writeString(folder.resolve("model.gguf"), "GGUF and no more");
        assertThatThrownBy(() -> Repacking.run(model, 1, Rung.VECTOR, RepackProgress.NONE))
                .isInstanceOf(CheckpointFormatException.class);
        assertThat(folder.toFile().list()).containsExactly("model.gguf");
    }
}

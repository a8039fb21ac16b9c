package dev.cachalot.library.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.CheckpointException;
import dev.cachalot.checkpoint.GgufWriter;
import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.checkpoint.TensorInfo;
import dev.cachalot.checkpoint.UnstorableNumberException;
import dev.cachalot.library.convert.RandomModel.Kind;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.ModelConfigs;
import dev.cachalot.model.UnsupportedModelException;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConversionTest {
    private static final int[] TOKENS = {1, 17, 4, 95, 33, 33, 60, 2, 80, 11};

    @TempDir Path folder = Path.of("");

    private static ConversionReport convert(Path in, Path out, TargetType type) throws IOException {
        return Conversion.run(in, out, type, (_, _, _) -> {});
    }

    private static ModelConfig config(Path model) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            return ModelConfigs.read(checkpoint);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void everyArchitectureGoesToAFolderAndBackWithTheSameLogits(Kind kind) throws IOException {
        Path gguf = RandomModel.write(kind, folder.resolve("model.gguf"));
        float[] expected = Logits.of(gguf, TOKENS);
        ConversionReport toFolder = convert(gguf, folder.resolve("hf"), TargetType.F32);
        assertThat(toFolder.relativeError()).isZero();
        // the order of a head's rotated numbers, hence of a sum, may differ
        assertThat(Logits.relativeError(expected, Logits.of(folder.resolve("hf"), TOKENS)))
                .isLessThan(1e-6);
        convert(folder.resolve("hf"), folder.resolve("back.gguf"), TargetType.F32);
        assertThat(Logits.of(folder.resolve("back.gguf"), TOKENS)).isEqualTo(expected);
        assertThat(config(folder.resolve("back.gguf"))).isEqualTo(config(gguf));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void everyTypeKeepsTheLogitsWithinItsOwnPrecision(Kind kind) throws IOException {
        Path gguf = RandomModel.write(kind, folder.resolve("model.gguf"));
        float[] expected = Logits.of(gguf, TOKENS);
        for (TargetType type : TargetType.values()) {
            Path out = folder.resolve(type + ".gguf");
            ConversionReport report = convert(gguf, out, type);
            double precision = precision(type);
            assertThat(report.relativeError()).as("%s", type).isBetween(precision / 20, precision);
            double found = Logits.relativeError(expected, Logits.of(out, TOKENS));
            assertThat(found).as("%s", type).isBetween(precision / 50, 8 * precision);
            try (Checkpoint written = Checkpoint.open(out)) {
                assertThat(written.metadata().requireInt("general.file_type"))
                        .isEqualTo(type.fileType());
                assertThat(report.bytesWritten())
                        .isEqualTo(
                                written.tensorInfos().stream().mapToLong(TensorInfo::bytes).sum());
                for (ConversionReport.Line line : report.tensors()) {
                    TensorInfo info = written.info(line.name()).orElseThrow();
                    assertThat(info.dtype()).contains(line.stored());
                    assertThat(line.numbers()).isEqualTo(info.shape().elements());
                }
            }
        }
    }

    /** Upper bounds of the relative error of normally distributed numbers. */
    private static double precision(TargetType type) {
        return switch (type) {
            case F32 -> 0;
            case F16 -> 0.0004;
            case BF16 -> 0.003;
            case Q8_0 -> 0.01;
            case Q6_K -> 0.03;
            case Q5_K -> 0.06;
            case Q4_0, Q4_K, Q4_K_M -> 0.12;
        };
    }

    /** From each other type to each: the error is that of the new type, measured from the old. */
    @ParameterizedTest
    @EnumSource(value = TargetType.class, names = "F32", mode = EnumSource.Mode.EXCLUDE)
    void everyPairOfTypesKeepsTheLogitsWithinTheNewTypesPrecision(TargetType from)
            throws IOException {
        Path plain = RandomModel.write(Kind.DEEPSEEK_V3_WITH_NEXT_TOKEN, folder.resolve("f.gguf"));
        Path source = folder.resolve("source.gguf");
        convert(plain, source, from);
        float[] expected = Logits.of(source, TOKENS);
        Path out = folder.resolve("target.gguf");
        for (TargetType to : TargetType.values()) {
            String pair = from + " to " + to;
            ConversionReport report = convert(source, out, to);
            if (to == from) {
                assertThat(report.worst()).as(pair).isEmpty();
                assertThat(out).hasSameBinaryContentAs(source);
                continue;
            }
            boolean isExact = to == TargetType.F32;
            double error = Logits.relativeError(expected, Logits.of(out, TOKENS));
            assertThat(report.relativeError())
                    .as(pair)
                    .isLessThanOrEqualTo(isExact ? 0 : precision(to));
            assertThat(error).as(pair).isLessThan(isExact ? 2e-6 : 8 * precision(to));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"Q4_1", "Q5_0", "Q5_1", "Q2_K", "Q3_K", "IQ4_NL", "IQ4_XS", "MXFP4"})
    void typesThatAreOnlyReadBecomeOthersWithTheSameLogits(DType type) throws IOException {
        Kind kind = type.blockSize() > 32 ? Kind.DEEPSEEK_V2 : Kind.QWEN3;
        Path plain = RandomModel.write(kind, folder.resolve("f.gguf"));
        Path source = RandomBlocks.write(plain, type, folder.resolve("source.gguf"));
        float[] expected = Logits.of(source, TOKENS);
        convert(source, folder.resolve("hf"), TargetType.F32);
        convert(source, folder.resolve("f32.gguf"), TargetType.F32);
        convert(source, folder.resolve("q8.gguf"), TargetType.Q8_0);
        for (String out : new String[] {"hf", "f32.gguf"}) {
            assertThat(error(expected, out)).as("%s of %s", out, kind).isLessThan(2e-6);
        }
        assertThat(error(expected, "q8.gguf")).isBetween(1e-6, 8 * precision(TargetType.Q8_0));
    }

    private double error(float[] expected, String out) throws IOException {
        return Logits.relativeError(expected, Logits.of(folder.resolve(out), TOKENS));
    }

    @ParameterizedTest
    @EnumSource(
            value = TargetType.class,
            names = {"BF16", "F16"})
    void foldersOfHalvesLoadAndQuantiseLikeTheFile(TargetType type) throws IOException {
        Path gguf = RandomModel.write(Kind.DEEPSEEK_V3_WITH_NEXT_TOKEN, folder.resolve("m.gguf"));
        convert(gguf, folder.resolve("hf"), type);
        double error =
                Logits.relativeError(
                        Logits.of(gguf, TOKENS), Logits.of(folder.resolve("hf"), TOKENS));
        assertThat(error).isBetween(precision(type) / 50, 8 * precision(type));
        convert(folder.resolve("hf"), folder.resolve("q8.gguf"), TargetType.Q8_0);
        assertThat(Logits.of(folder.resolve("q8.gguf"), TOKENS)).doesNotContain(Float.NaN);
    }

    @Test
    void aSecondConversionToTheSameTypeCopiesTheBytes() throws IOException {
        Path gguf = RandomModel.write(Kind.QWEN3, folder.resolve("model.gguf"));
        convert(gguf, folder.resolve("once.gguf"), TargetType.Q4_K_M);
        ConversionReport again =
                convert(
                        folder.resolve("once.gguf"),
                        folder.resolve("twice.gguf"),
                        TargetType.Q4_K_M);
        assertThat(again.worst()).isEmpty();
        assertThat(folder.resolve("twice.gguf"))
                .hasSameBinaryContentAs(folder.resolve("once.gguf"));
    }

    @Test
    void theReportNamesTheWorstTensorAndEveryFallback() throws IOException {
        Path gguf = RandomModel.write(Kind.DEEPSEEK_V2, folder.resolve("model.gguf"));
        List<Long> seen = new ArrayList<>();
        ConversionReport report =
                Conversion.run(
                        gguf,
                        folder.resolve("q6.gguf"),
                        TargetType.Q6_K,
                        (_, done, all) -> {
                            seen.add(done);
                            assertThat(done).isLessThanOrEqualTo(all);
                        });
        assertThat(seen).isSorted().isNotEmpty();
        assertThat(report.fallbacks())
                .isNotEmpty()
                .allMatch(line -> line.stored() == DType.Q8_0 && line.wanted() == DType.Q6_K)
                .anyMatch(line -> line.name().equals("blk.0.attn_kv_b.weight"));
        ConversionReport.Line worst = report.worst().orElseThrow();
        assertThat(report.tensors())
                .allMatch(line -> line.relativeError() <= worst.relativeError());
        assertThat(worst.stored()).isEqualTo(DType.Q6_K);
    }

    @Test
    void aModelWithoutATokenizerIsConvertedAndTheReportSaysSo() throws IOException {
        Path gguf = RandomModel.write(Kind.QWEN2, folder.resolve("model.gguf"));
        ConversionReport report = convert(gguf, folder.resolve("hf"), TargetType.BF16);
        assertThat(report.notes()).singleElement().asString().contains("no tokenizer");
        assertThat(folder.resolve("hf/tokenizer.json")).doesNotExist();
    }

    @Test
    void aFailureLeavesTheOldTargetAsItWas() throws IOException {
        Path gguf = folder.resolve("big.gguf");
        RandomModel.write(Kind.QWEN3, gguf);
        Path huge = withHugeNumber(gguf);
        Path out = Files.writeString(folder.resolve("out.gguf"), "old");
        assertThatThrownBy(() -> convert(huge, out, TargetType.F16))
                .isInstanceOf(UnstorableNumberException.class)
                .hasMessageContaining("blk.0.attn_q.weight");
        assertThat(out).hasContent("old");
        assertThat(folder.toFile().list())
                .containsExactlyInAnyOrder("big.gguf", "huge.gguf", "out.gguf");
    }

    /** The same model with one number that no half can hold. */
    private Path withHugeNumber(Path gguf) throws IOException {
        try (Checkpoint source = Checkpoint.open(gguf)) {
            GgufWriter writer = new GgufWriter(source.metadata());
            source.tensors()
                    .forEach(
                            (name, tensor) -> {
                                if (!name.equals("blk.0.attn_q.weight")) {
                                    writer.add(name, tensor);
                                    return;
                                }
                                writer.add(
                                        name,
                                        tensor.shape(),
                                        DType.F32,
                                        (long _, float[] row) -> Arrays.fill(row, 1e6f));
                            });
            writer.write(folder.resolve("huge.gguf"));
        }
        return folder.resolve("huge.gguf");
    }

    @Test
    void placesThatCannotBeWrittenAreRefusedBeforeAnyWork() throws IOException {
        Path gguf = RandomModel.write(Kind.QWEN3, folder.resolve("model.gguf"));
        refused(() -> convert(gguf, gguf, TargetType.F16), "is the model to be converted");
        refused(
                () -> convert(gguf, folder.resolve("no/such/x.gguf"), TargetType.F16),
                "does not exist; make it first");
        refused(
                () -> convert(gguf, folder.resolve("hf"), TargetType.Q4_0),
                "hold F32, F16 and BF16 only, not Q4_0");
        refused(
                () -> convert(gguf, folder.resolve("x.safetensors"), TargetType.F16),
                "neither a name that ends in .gguf nor that of a folder");
        Path full = Files.createDirectory(folder.resolve("full"));
        Files.writeString(full.resolve("mine"), "kept");
        assertThatThrownBy(() -> convert(gguf, full, TargetType.F16))
                .isInstanceOf(IOException.class);
        assertThat(full.resolve("mine")).hasContent("kept");
    }

    private static void refused(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOf(ConversionException.class)
                .hasMessageContaining(message);
    }

    @Test
    void modelsThatAreNotKnownAreRefusedByName() throws IOException {
        Path gguf = folder.resolve("model.gguf");
        new GgufWriter(Metadata.builder().string("general.architecture", "gemma").build())
                .write(gguf);
        assertThatThrownBy(() -> convert(gguf, folder.resolve("x.gguf"), TargetType.F16))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("gemma");
    }

    @Test
    void truncatedSourcesAreTypedErrorsWhereverTheyEnd() throws IOException {
        Path gguf = RandomModel.write(Kind.LLAMA, folder.resolve("model.gguf"));
        byte[] bytes = Files.readAllBytes(gguf);
        Path cut = folder.resolve("cut.gguf");
        for (int length = 0; length < bytes.length; length += bytes.length / 23) {
            Files.write(cut, Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> convert(cut, folder.resolve("out.gguf"), TargetType.Q8_0))
                    .isInstanceOfAny(CheckpointException.class, UnsupportedModelException.class);
        }
        assertThat(folder.resolve("out.gguf")).doesNotExist();
    }

    @Test
    void missingExpertsAndUnknownTensorsAreNamed() throws IOException {
        Path gguf = RandomModel.write(Kind.DEEPSEEK_V2, folder.resolve("model.gguf"));
        convert(gguf, folder.resolve("hf"), TargetType.F32);
        String gone = "model.layers.1.mlp.experts.1.up_proj.weight";
        Path without = folderWithout(gone, Map.of());
        refused(
                () -> convert(without, folder.resolve("a.gguf"), TargetType.F32),
                "has 2 experts for 'blk.1.ffn_up_exps.weight', expected matrices of experts 0 to 2");
        Path more = folderWithout("", Map.of("model.layers.1.adapter.weight", Shape.of(2, 2)));
        refused(
                () -> convert(more, folder.resolve("a.gguf"), TargetType.F32),
                "tensor 'model.layers.1.adapter.weight' has no name in GGUF");
        String up = "model.layers.0.self_attn.kv_b_proj.weight";
        Path wrong = folderWithout(up, Map.of(up, Shape.of(255, 64)));
        refused(
                () -> convert(wrong, folder.resolve("a.gguf"), TargetType.F32),
                "has shape [255, 64], expected [256, 64]");
    }

    /** The folder hf again, without one tensor and with others of zeros. */
    private Path folderWithout(String name, Map<String, Shape> more) throws IOException {
        Path target = folder.resolve("hf-" + name.hashCode() + more.size());
        try (Checkpoint source = Checkpoint.open(folder.resolve("hf"))) {
            var writer = new dev.cachalot.checkpoint.SafetensorsWriter(Map.of());
            source.tensors()
                    .forEach(
                            (each, tensor) -> {
                                if (!each.equals(name)) {
                                    writer.add(each, tensor);
                                }
                            });
            more.forEach(
                    (each, shape) -> writer.add(each, shape, DType.F32, (long _, float[] _) -> {}));
            writer.writeFolder(
                    target,
                    Long.MAX_VALUE,
                    Map.of(
                            "config.json",
                            Files.readString(folder.resolve("hf").resolve("config.json"))));
        }
        return target;
    }
}

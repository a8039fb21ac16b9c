package dev.cachalot.library.convert;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.CheckpointWriter;
import dev.cachalot.checkpoint.GgufWriter;
import dev.cachalot.checkpoint.SafetensorsWriter;
import dev.cachalot.checkpoint.TensorInfo;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.ModelConfigs;
import dev.cachalot.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Converts a model: to another type of weights, and between GGUF files and Hugging Face folders.
 * Rows are streamed from the source's mapping, so that memory stays small however large the model
 * is; the target appears complete or not at all.
 */
public final class Conversion {
    private static final int THREADS = 2;
    private static final long SHARD_BYTES = 5_000_000_000L; // as Hugging Face's library cuts
    private static final long UNLOAD_EACH = 1 << 26; // numbers: at most 256 MB of the source
    private static final String GGUF_END = ".gguf";

    private final Checkpoint source;
    private final ModelConfig config;
    private final Path out;
    private final TargetType type;
    private final Progress progress;
    private final List<String> notes = new ArrayList<>();

    private Conversion(Checkpoint source, Path out, TargetType type, Progress progress) {
        this.source = source;
        this.config = ModelConfigs.read(source);
        this.out = out;
        this.type = type;
        this.progress = progress;
    }

    /** Is told how far a conversion is, by the thread that called. */
    @FunctionalInterface
    public interface Progress {
        /**
         * Some more is written.
         *
         * @param tensor the one at work
         * @param done numbers written of {@code all}
         */
        void show(String tensor, long done, long all);
    }

    /**
     * Converts {@code in}, a GGUF file or a Hugging Face folder, to {@code out}: a GGUF file where
     * its name ends in .gguf, else a folder, which must be new or empty.
     *
     * @throws ConversionException if the source cannot be converted so
     * @throws dev.cachalot.checkpoint.CheckpointException if the source is broken, or holds a
     *     number that the type cannot hold
     * @throws dev.cachalot.model.UnsupportedModelException if its architecture is not known
     * @throws IOException if a file cannot be read or written; an old target then stays as it was
     */
    public static ConversionReport run(Path in, Path out, TargetType type, Progress progress)
            throws IOException {
        checkPlaces(in, out, type);
        try (Checkpoint source = Checkpoint.open(in)) {
            return new Conversion(source, out, type, progress).run();
        }
    }

    private static boolean isGguf(Path out) {
        return out.toString().endsWith(GGUF_END);
    }

    private static void checkPlaces(Path in, Path out, TargetType type) throws IOException {
        if (Files.exists(out) && Files.exists(in) && Files.isSameFile(in, out)) {
            throw new ConversionException(
                    out + " is the model to be converted; choose another name for the result");
        }
        Path parent = out.toAbsolutePath().getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new ConversionException(
                    "the folder of %s does not exist; make it first".formatted(out));
        }
        String name = String.valueOf(out.getFileName());
        if (name.endsWith(".safetensors") || name.endsWith(".bin") || Files.isRegularFile(out)) {
            if (!isGguf(out)) {
                throw new ConversionException(
                        "%s is neither a name that ends in %s nor that of a folder, which is what can be written"
                                .formatted(out, GGUF_END));
            }
        }
        if (!isGguf(out) && type.isBlocks()) {
            throw new ConversionException(
                    "%s is for a folder with safetensors, which hold F32, F16 and BF16 only, not %s; choose one of these, or a name that ends in %s"
                            .formatted(out, type, GGUF_END));
        }
    }

    private ConversionReport run() throws IOException {
        boolean fromFolder = source.config().isPresent();
        boolean toGguf = isGguf(out);
        List<TargetTensor> tensors;
        if (fromFolder && toGguf) {
            tensors = GgufTensors.of(source, config);
        } else if (!fromFolder && !toGguf) {
            tensors = HuggingFaceTensors.of(source, config);
        } else {
            tensors = unchanged();
        }
        boolean tied =
                tensors.stream()
                        .map(TargetTensor::name)
                        .noneMatch(
                                name ->
                                        name.equals("output.weight")
                                                || name.equals("lm_head.weight"));
        CarriedOver carried = new CarriedOver(source, config, type, tied, notes);
        Lines lines = new Lines(source, tensors, rule(tied), progress);
        if (toGguf) {
            GgufWriter writer = new GgufWriter(carried.gguf());
            lines.add(writer);
            writer.write(out);
        } else {
            SafetensorsWriter writer = new SafetensorsWriter(carried.safetensorsMetadata());
            lines.add(writer);
            writer.writeFolder(out, SHARD_BYTES, carried.folderTexts());
        }
        return new ConversionReport(lines.all(), source.bytes(), lines.bytes(), notes);
    }

    private TypeRule rule(boolean tied) {
        return new TypeRule(type, config.numHiddenLayers() + config.numNextnPredictLayers(), tied);
    }

    private List<TargetTensor> unchanged() {
        List<TargetTensor> tensors = new ArrayList<>();
        for (TensorInfo info : source.tensorInfos()) {
            if (!GgufTensors.isScales(source, info.name())) {
                tensors.add(TargetTensor.renamed(source, info, info.name()));
            }
        }
        return tensors;
    }

    /** The tensors of a target: their types, and what encoding did to them. */
    private static final class Lines {
        private final Checkpoint source;
        private final List<TargetTensor> tensors;
        private final TypeRule rule;
        private final Progress progress;
        private final long all;
        private final Map<String, ConversionReport.Line> lines = new LinkedHashMap<>();
        private long done;
        private long unloaded; // numbers written when the source's pages were last given back

        Lines(Checkpoint source, List<TargetTensor> tensors, TypeRule rule, Progress progress) {
            this.source = source;
            this.tensors = tensors;
            this.rule = rule;
            this.progress = progress;
            this.all = tensors.stream().mapToLong(tensor -> tensor.shape().elements()).sum();
        }

        void add(CheckpointWriter writer) {
            writer.encoding(THREADS, this::written);
            for (TargetTensor tensor : tensors) {
                DType wanted = rule.wanted(tensor.name(), tensor.shape());
                DType stored = TypeRule.fitting(wanted, tensor.shape().width());
                lines.put(
                        tensor.name(),
                        new ConversionReport.Line(tensor.name(), wanted, stored, 0, 0, 0));
                if (tensor.isStoredAs(stored)) {
                    writer.add(tensor.name(), tensor.asStored().orElseThrow(), stored);
                } else {
                    writer.add(tensor.name(), tensor.shape(), stored, tensor.rows());
                }
            }
        }

        private void written(
                String tensor, DType stored, long numbers, double squaredError, double squares) {
            lines.compute(
                    tensor,
                    (_, line) ->
                            line == null
                                    ? null
                                    : new ConversionReport.Line(
                                            tensor,
                                            line.wanted(),
                                            stored,
                                            line.numbers() + numbers,
                                            line.squaredError() + squaredError,
                                            line.squares() + squares));
            done += numbers;
            if (done - unloaded >= UNLOAD_EACH) {
                source.unload();
                unloaded = done;
            }
            progress.show(tensor, done, all);
        }

        List<ConversionReport.Line> all() {
            return List.copyOf(lines.values());
        }

        long bytes() {
            return tensors.stream()
                    .mapToLong(
                            tensor ->
                                    TypeRule.fitting(
                                                            rule.wanted(
                                                                    tensor.name(), tensor.shape()),
                                                            tensor.shape().width())
                                                    .bytes(tensor.shape().width())
                                            * tensor.shape().rows())
                    .sum();
        }
    }
}

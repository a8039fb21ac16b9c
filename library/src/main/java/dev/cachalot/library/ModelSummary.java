package dev.cachalot.library;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.CheckpointException;
import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.checkpoint.MetadataValue;
import dev.cachalot.checkpoint.TensorInfo;
import dev.cachalot.library.plan.MemoryPlan;
import dev.cachalot.library.plan.WeightWork;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.ModelConfigs;
import dev.cachalot.model.UnsupportedModelException;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Rung;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a model is, in a few words; also of one that this build cannot run.
 *
 * @param facts name to value in the order to be read; values are text or whole numbers
 * @param typeBytes bytes of the tensors of each type
 * @param files that hold its tensors
 */
public record ModelSummary(Map<String, Object> facts, Map<String, Long> typeBytes, int files) {

    /** Looks at an open model. */
    public static ModelSummary of(Checkpoint checkpoint) throws IOException {
        Map<String, Object> facts = new LinkedHashMap<>();
        Map<String, Long> types = new TreeMap<>();
        for (TensorInfo info : checkpoint.tensorInfos()) {
            types.merge(info.dtypeName(), info.bytes(), Long::sum);
        }
        Metadata metadata = checkpoint.metadata();
        Metadata all = checkpoint.config().orElse(metadata);
        all.findString("general.name")
                .filter(name -> !name.isBlank())
                .ifPresent(name -> facts.put("name", name));
        try {
            describe(ModelConfigs.read(checkpoint), checkpoint, facts);
        } catch (UnsupportedModelException unknown) {
            all.findString("general.architecture")
                    .or(() -> all.findString("model_type"))
                    .ifPresent(name -> facts.put("architecture", name));
            facts.put("parameters", numbers(checkpoint));
            facts.put("cannot run", String.valueOf(unknown.getMessage()));
        } catch (CheckpointException broken) { // a key is not as expected
            facts.put("parameters", numbers(checkpoint));
            facts.put("cannot run", String.valueOf(broken.getMessage()));
        }
        facts.put("tokenizer", tokenizer(checkpoint));
        facts.put("template", template(checkpoint));
        int files =
                (int) checkpoint.tensorInfos().stream().map(TensorInfo::file).distinct().count();
        return new ModelSummary(facts, types, files);
    }

    private static long numbers(Checkpoint checkpoint) {
        return checkpoint.tensorInfos().stream().mapToLong(info -> info.shape().elements()).sum();
    }

    private static void describe(
            ModelConfig config, Checkpoint checkpoint, Map<String, Object> facts) {
        WeightWork work = WeightWork.of(config, checkpoint.tensorInfos());
        facts.put("architecture", config.architecture());
        facts.put("parameters", work.parameters());
        facts.put("active", work.active());
        facts.put("layers", (long) config.numHiddenLayers());
        facts.put("width", (long) config.hiddenSize());
        facts.put("heads", (long) config.attention().numAttentionHeads());
        DType cached = MemoryPlan.cacheType(checkpoint, config, Rung.fastest());
        facts.put("cache per token", config.cacheLayout().withType(cached).bytesPerToken());
        facts.put("context", (long) config.maxPositionEmbeddings());
        facts.put("vocabulary", (long) config.vocabSize());
        config.moe()
                .ifPresent(
                        moe -> {
                            facts.put("experts", (long) moe.nRoutedExperts());
                            facts.put("experts per token", (long) moe.route().topK());
                            facts.put("shared experts", (long) moe.nSharedExperts());
                            facts.put("dense layers first", (long) moe.firstKDenseReplace());
                        });
        facts.put("rope theta", String.format(Locale.ROOT, "%.0f", config.rope().ropeTheta()));
        facts.put("rope scaling", config.rope().ropeScaling().map(Object::toString).orElse("none"));
        if (config.numNextnPredictLayers() > 0) {
            facts.put("further tokens predicted", (long) config.numNextnPredictLayers());
        }
    }

    private static String tokenizer(Checkpoint checkpoint) {
        if (checkpoint.config().isPresent()) {
            return Files.exists(checkpoint.path().resolve("tokenizer.json"))
                    ? "tokenizer.json"
                    : "none";
        }
        Metadata metadata = checkpoint.metadata();
        Optional<String> model = text(metadata, "tokenizer.ggml.model");
        return model.map(
                        kind ->
                                text(metadata, "tokenizer.ggml.pre")
                                        .map(pre -> kind + ", " + pre)
                                        .orElse(kind))
                .orElse("none");
    }

    private static String template(Checkpoint checkpoint) throws IOException {
        Metadata metadata = checkpoint.metadata();
        Optional<String> named = text(metadata, ModelTemplates.NAME_KEY);
        if (named.isPresent()) {
            return named.get();
        }
        Optional<String> jinja = text(metadata, "tokenizer.chat_template");
        if (jinja.isPresent()) {
            return "Jinja, %,d characters".formatted(jinja.get().length());
        }
        if (checkpoint.config().isPresent()) {
            Path folder = checkpoint.path();
            if (Files.exists(folder.resolve("chat_template.jinja"))) {
                return "Jinja, chat_template.jinja";
            }
            Path config = folder.resolve("tokenizer_config.json");
            if (Files.exists(config) && Files.readString(config).contains("\"chat_template\"")) {
                return "Jinja, in tokenizer_config.json";
            }
        }
        return "none";
    }

    /** Empty as well when the key holds something else: inspecting is not judging. */
    private static Optional<String> text(Metadata metadata, String key) {
        return metadata.values().get(key) instanceof MetadataValue.Text(String text)
                ? Optional.of(text)
                : Optional.empty();
    }
}

package dev.cachalot.model;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.Metadata;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads a model's configuration from its checkpoint, by the words that the checkpoint itself uses.
 */
public final class ModelConfigs {
    private static final Set<String> GGUF_KNOWN = Set.of("deepseek2", "llama", "qwen2", "qwen3");
    private static final Set<String> HUGGING_FACE_KNOWN =
            Set.of("deepseek_v2", "deepseek_v3", "llama", "qwen2", "qwen3");

    /**
     * The configuration of the model in a checkpoint.
     *
     * @throws UnsupportedModelException if the architecture is not known, or a size is broken
     */
    public static ModelConfig read(Checkpoint checkpoint) {
        if (checkpoint.config().isPresent()) {
            Metadata config = checkpoint.config().get();
            String type = config.requireString("model_type");
            check(type, HUGGING_FACE_KNOWN, checkpoint);
            return HuggingFaceConfig.read(type, config, checkpoint);
        }
        Metadata metadata = checkpoint.metadata();
        if (!metadata.contains("general.architecture")) {
            throw new UnsupportedModelException(
                    checkpoint.path()
                            + " does not say which model it holds; expected general.architecture in a GGUF file, or a"
                            + " config.json beside safetensors files");
        }
        String architecture = metadata.requireString("general.architecture");
        check(architecture, GGUF_KNOWN, checkpoint);
        return GgufConfig.read(architecture, checkpoint);
    }

    private static void check(String found, Set<String> known, Checkpoint checkpoint) {
        if (!known.contains(found)) {
            throw new UnsupportedModelException(
                    checkpoint.path()
                            + " holds a model of architecture \""
                            + found
                            + "\", which this build does not know; it knows "
                            + String.join(", ", new TreeSet<>(known)));
        }
    }

    private ModelConfigs() {}
}

package dev.cachalot.library.plan;

import dev.cachalot.checkpoint.TensorInfo;
import dev.cachalot.model.ModelConfig;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a model's tensors are there for, by the names that GGUF files and Hugging Face folders give
 * them.
 *
 * @param parameters numbers of the model, all of its tensors
 * @param active of those the ones that a token meets: experts by the share chosen, the embedding
 *     not counted but where it is the head as well
 * @param layerBytes bytes of the layers' tensors
 * @param activeBytes bytes behind {@code active}
 */
public record WeightWork(long parameters, long active, long layerBytes, long activeBytes) {
    private static final Pattern LAYER = Pattern.compile("(?:blk|model\\.layers)\\.(\\d+)\\..*");

    /** Looks at all tensors. */
    public static WeightWork of(ModelConfig config, List<TensorInfo> tensors) {
        boolean tied = isTied(tensors);
        double share =
                config.moe()
                        .map(moe -> (double) moe.route().topK() / moe.nRoutedExperts())
                        .orElse(1.0);
        long parameters = 0;
        long layerBytes = 0;
        double active = 0;
        double activeBytes = 0;
        for (TensorInfo info : tensors) {
            long numbers = info.shape().elements();
            parameters += numbers;
            Matcher layer = LAYER.matcher(info.name());
            boolean inLayer = layer.matches();
            if (inLayer && Integer.parseInt(layer.group(1)) >= config.numHiddenLayers()) {
                continue; // a block for predicting further tokens
            }
            layerBytes += inLayer ? info.bytes() : 0;
            double used = isExpert(info.name()) ? share : 1;
            if (isEmbedding(info.name()) && !tied) {
                used = 0;
            }
            active += used * numbers;
            activeBytes += used * info.bytes();
        }
        return new WeightWork(parameters, Math.round(active), layerBytes, Math.round(activeBytes));
    }

    /** Whether the embedding is the head as well. */
    static boolean isTied(List<TensorInfo> tensors) {
        return tensors.stream().noneMatch(info -> isHead(info.name()));
    }

    /** Whether a model of these sizes takes the tensor: not a block of more layers than it has. */
    static boolean isLoaded(ModelConfig config, String name) {
        Matcher layer = LAYER.matcher(name);
        return !layer.matches()
                || Integer.parseInt(layer.group(1))
                        < config.numHiddenLayers() + config.numNextnPredictLayers();
    }

    private static boolean isHead(String name) {
        return name.equals("output.weight") || name.equals("lm_head.weight");
    }

    static boolean isEmbedding(String name) {
        return name.equals("token_embd.weight") || name.equals("model.embed_tokens.weight");
    }

    /** One expert's, or the stack of all of them. */
    private static boolean isExpert(String name) {
        return name.contains("_exps.") || name.contains(".mlp.experts.");
    }
}

package dev.cachalot.train;

import dev.cachalot.model.MlaConfig;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.MoeConfig;
import dev.cachalot.tensor.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Hugging Face names and shapes of all parameters of a decoder, exactly as {@link
 * dev.cachalot.model.DecoderBuilder} asks for them.
 *
 * @param trained moved by gradients, in the order of the forward pass
 * @param routerBiases moved by the balance of expert loads only, never by a gradient (DeepSeek-V3,
 *     arXiv 2412.19437, section 2.1.2)
 */
public record ParameterShapes(Map<String, Shape> trained, Map<String, Shape> routerBiases) {

    public ParameterShapes {
        trained = Collections.unmodifiableMap(new LinkedHashMap<>(trained));
        routerBiases = Collections.unmodifiableMap(new LinkedHashMap<>(routerBiases));
    }

    /** The parameters of a decoder of this configuration. */
    public static ParameterShapes of(ModelConfig config) {
        return new Collector(config).shapes();
    }

    /** Numbers that are trained. */
    public long count() {
        return trained.values().stream().mapToLong(Shape::elements).sum();
    }

    /** Numbers that one token's forward computes with: the chosen experts instead of all. */
    public static long activeCount(ModelConfig config) {
        ParameterShapes all = of(config);
        long idle = 0;
        for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
            Optional<MoeConfig> moe = config.moeOf(layer);
            if (moe.isPresent()) {
                long expert = 3L * moe.get().moeIntermediateSize() * config.hiddenSize();
                idle += expert * (moe.get().nRoutedExperts() - moe.get().route().topK());
            }
        }
        String block = "model.layers." + config.numHiddenLayers() + ".";
        long next =
                all.trained.entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith(block))
                        .mapToLong(entry -> entry.getValue().elements())
                        .sum();
        return all.count() - idle - next;
    }

    /** Collects the shapes of one configuration. */
    private static final class Collector {
        private final ModelConfig config;
        private final Map<String, Shape> trained = new LinkedHashMap<>();
        private final Map<String, Shape> routerBiases = new LinkedHashMap<>();

        Collector(ModelConfig config) {
            this.config = config;
        }

        ParameterShapes shapes() {
            int width = config.hiddenSize();
            matrix("model.embed_tokens.weight", config.vocabSize(), width);
            for (int i = 0; i < config.numHiddenLayers(); i++) {
                layer(i);
            }
            gain("model.norm.weight", width);
            matrix("lm_head.weight", config.vocabSize(), width);
            if (config.numNextnPredictLayers() > 0) {
                String prefix = "model.layers." + config.numHiddenLayers() + ".";
                gain(prefix + "enorm.weight", width);
                gain(prefix + "hnorm.weight", width);
                matrix(prefix + "eh_proj.weight", width, 2 * width);
                layer(config.numHiddenLayers());
                gain(prefix + "shared_head.norm.weight", width);
            }
            return new ParameterShapes(trained, routerBiases);
        }

        private void layer(int index) {
            String prefix = "model.layers." + index + ".";
            gain(prefix + "input_layernorm.weight", config.hiddenSize());
            attention(prefix + "self_attn.");
            gain(prefix + "post_attention_layernorm.weight", config.hiddenSize());
            Optional<MoeConfig> moe = config.moeOf(index);
            if (moe.isPresent()) {
                moe(prefix + "mlp.", moe.get());
            } else {
                swiGlu(prefix + "mlp.", config.intermediateSize());
            }
        }

        private void attention(String prefix) {
            MlaConfig mla = config.requireMla("training");
            int width = config.hiddenSize();
            int heads = mla.numAttentionHeads();
            if (mla.qLoraRank().isPresent()) {
                int rank = mla.qLoraRank().getAsInt();
                matrix(prefix + "q_a_proj.weight", rank, width);
                gain(prefix + "q_a_layernorm.weight", rank);
                matrix(prefix + "q_b_proj.weight", heads * mla.qkHeadDim(), rank);
            } else {
                matrix(prefix + "q_proj.weight", heads * mla.qkHeadDim(), width);
            }
            matrix(prefix + "kv_a_proj_with_mqa.weight", mla.latentWidth(), width);
            gain(prefix + "kv_a_layernorm.weight", mla.kvLoraRank());
            int upRows = heads * (mla.qkNopeHeadDim() + mla.vHeadDim());
            matrix(prefix + "kv_b_proj.weight", upRows, mla.kvLoraRank());
            matrix(prefix + "o_proj.weight", width, heads * mla.vHeadDim());
        }

        private void moe(String prefix, MoeConfig moe) {
            matrix(prefix + "gate.weight", moe.nRoutedExperts(), config.hiddenSize());
            if (moe.correctionBias()) {
                routerBiases.put(
                        prefix + "gate.e_score_correction_bias", Shape.of(moe.nRoutedExperts()));
            }
            for (int e = 0; e < moe.nRoutedExperts(); e++) {
                swiGlu(prefix + "experts." + e + ".", moe.moeIntermediateSize());
            }
            if (moe.nSharedExperts() > 0) {
                swiGlu(prefix + "shared_experts.", moe.sharedIntermediateSize());
            }
        }

        private void swiGlu(String prefix, int intermediate) {
            matrix(prefix + "gate_proj.weight", intermediate, config.hiddenSize());
            matrix(prefix + "up_proj.weight", intermediate, config.hiddenSize());
            matrix(prefix + "down_proj.weight", config.hiddenSize(), intermediate);
        }

        private void matrix(String name, int outputs, int inputs) {
            trained.put(name, Shape.of(outputs, inputs));
        }

        private void gain(String name, int width) {
            trained.put(name, Shape.of(width));
        }
    }
}

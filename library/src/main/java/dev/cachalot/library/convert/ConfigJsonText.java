package dev.cachalot.library.convert;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cachalot.model.GroupedQueryConfig;
import dev.cachalot.model.MlaConfig;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.MoeConfig;
import dev.cachalot.model.RopeConfig;
import dev.cachalot.model.RopeScaling;
import dev.cachalot.tensor.RouteRule;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A model's configuration as Hugging Face's config.json. */
final class ConfigJsonText {
    static final JsonMapper MAPPER = new JsonMapper();

    private final ModelConfig config;
    private final ObjectNode json = MAPPER.createObjectNode();

    private ConfigJsonText(ModelConfig config) {
        this.config = config;
    }

    /**
     * What config.json says that a {@link ModelConfig} does not.
     *
     * @param name the model's, where the source states one
     * @param tied whether the embedding is the output matrix too
     * @param dtype Hugging Face's word for the type of the weights
     */
    record Extras(
            Optional<String> name,
            boolean tied,
            String dtype,
            OptionalInt bosId,
            OptionalInt eosId) {}

    static String of(ModelConfig config, Extras extras) {
        ConfigJsonText text = new ConfigJsonText(config);
        text.fill(extras);
        return text.json.toPrettyString() + "\n";
    }

    /** Hugging Face's word for an architecture: DeepSeek's second or third by how it routes. */
    static String modelType(ModelConfig config) {
        if (!config.architecture().startsWith("deepseek")) {
            return config.architecture();
        }
        boolean third =
                config.moe()
                        .map(moe -> moe.route().scoring() == RouteRule.Scoring.SIGMOID)
                        .orElse(false);
        return third ? "deepseek_v3" : "deepseek_v2";
    }

    private void fill(Extras extras) {
        String type = modelType(config);
        json.putArray("architectures").add(className(type));
        json.put("model_type", type);
        extras.name().ifPresent(name -> json.put("_name_or_path", name));
        json.put("vocab_size", config.vocabSize());
        json.put("hidden_size", config.hiddenSize());
        json.put("intermediate_size", config.intermediateSize());
        json.put("num_hidden_layers", config.numHiddenLayers());
        json.put("num_attention_heads", config.attention().numAttentionHeads());
        switch (config.attention()) {
            case MlaConfig mla -> latent(mla);
            case GroupedQueryConfig grouped -> grouped(grouped);
        }
        config.moe().ifPresent(this::experts);
        if (config.numNextnPredictLayers() > 0) {
            json.put("num_nextn_predict_layers", config.numNextnPredictLayers());
        }
        json.put("hidden_act", "silu");
        json.put("max_position_embeddings", config.maxPositionEmbeddings());
        json.put("rms_norm_eps", decimal(config.rmsNormEps()));
        json.put("rope_theta", config.rope().ropeTheta());
        scaling();
        json.put("tie_word_embeddings", extras.tied());
        extras.bosId().ifPresent(id -> json.put("bos_token_id", id));
        extras.eosId().ifPresent(id -> json.put("eos_token_id", id));
        json.put("torch_dtype", extras.dtype());
    }

    private static String className(String type) {
        return switch (type) {
            case "deepseek_v2" -> "DeepseekV2ForCausalLM";
            case "deepseek_v3" -> "DeepseekV3ForCausalLM";
            case "llama" -> "LlamaForCausalLM";
            case "qwen2" -> "Qwen2ForCausalLM";
            case "qwen3" -> "Qwen3ForCausalLM";
            default ->
                    throw new ConversionException(
                            "no folder of Hugging Face's form is known for architecture " + type);
        };
    }

    private void latent(MlaConfig mla) {
        json.put("num_key_value_heads", mla.numAttentionHeads());
        if (mla.qLoraRank().isPresent()) {
            json.put("q_lora_rank", mla.qLoraRank().getAsInt());
        } else {
            json.putNull("q_lora_rank");
        }
        json.put("kv_lora_rank", mla.kvLoraRank());
        json.put("qk_nope_head_dim", mla.qkNopeHeadDim());
        json.put("qk_rope_head_dim", mla.qkRopeHeadDim());
        json.put("v_head_dim", mla.vHeadDim());
        json.put("attention_bias", false);
    }

    private void grouped(GroupedQueryConfig attention) {
        if (attention.rotaryDim() != attention.headDim()) {
            throw new ConversionException(
                    "only %d of a head's %d numbers are rotated; config.json has no word for that"
                            .formatted(attention.rotaryDim(), attention.headDim()));
        }
        json.put("num_key_value_heads", attention.numKeyValueHeads());
        json.put("head_dim", attention.headDim());
        boolean always = config.architecture().equals("qwen2"); // which has no such word
        if (!always && attention.qkvBias() != attention.outputBias()) {
            throw new ConversionException(
                    "only some of the attention's projections have a bias; config.json has no word for that");
        }
        json.put("attention_bias", attention.qkvBias() && !always);
    }

    private void experts(MoeConfig moe) {
        RouteRule rule = moe.route();
        boolean grouped = rule.groups() > 1;
        boolean bestTwo = rule.groupScore() == RouteRule.GroupScore.SUM_OF_TOP_TWO;
        if (grouped && bestTwo && !moe.correctionBias()) {
            throw new ConversionException(
                    "experts are chosen by the best two of a group, but without a correction bias; config.json has no word for that");
        }
        json.put("n_routed_experts", moe.nRoutedExperts());
        json.put("n_shared_experts", moe.nSharedExperts());
        json.put("moe_intermediate_size", moe.moeIntermediateSize());
        json.put("moe_layer_freq", 1);
        json.put("first_k_dense_replace", moe.firstKDenseReplace());
        json.put("num_experts_per_tok", rule.topK());
        json.put("n_group", rule.groups());
        json.put("topk_group", rule.topGroups());
        json.put(
                "topk_method",
                moe.correctionBias() ? "noaux_tc" : grouped ? "group_limited_greedy" : "greedy");
        json.put(
                "scoring_func",
                switch (rule.scoring()) {
                    case SOFTMAX -> "softmax";
                    case SIGMOID -> "sigmoid";
                });
        json.put("norm_topk_prob", rule.normalize());
        json.put("routed_scaling_factor", decimal(rule.scale()));
    }

    private void scaling() {
        if (config.rope().ropeScaling().isEmpty()) {
            json.putNull("rope_scaling");
            return;
        }
        ObjectNode scaling = json.putObject("rope_scaling");
        switch (config.rope().ropeScaling().get()) {
            case RopeScaling.Linear(double factor) ->
                    scaling.put("rope_type", "linear").put("factor", factor);
            case RopeScaling.Llama3 llama -> llama3(scaling, llama);
            case RopeScaling.Divisors(List<Float> divisors) -> llama3(scaling, llama3(divisors));
            case RopeScaling.Yarn yarn -> yarn(scaling, yarn);
        }
    }

    private static void llama3(ObjectNode scaling, RopeScaling.Llama3 llama) {
        scaling.put("rope_type", "llama3")
                .put("factor", llama.factor())
                .put("low_freq_factor", llama.lowFreqFactor())
                .put("high_freq_factor", llama.highFreqFactor())
                .put("original_max_position_embeddings", llama.originalMaxPositionEmbeddings());
    }

    /** The published Llama 3 scaling that gives these divisors. */
    private RopeScaling.Llama3 llama3(List<Float> divisors) {
        int width = 2 * divisors.size();
        double theta = config.rope().ropeTheta();
        double[] plain = new RopeConfig(theta, Optional.empty()).frequencies(width);
        double factor = divisors.stream().mapToDouble(Float::doubleValue).max().orElse(1);
        for (int original : new int[] {8192, 4096, 2048, 16_384, 32_768}) {
            RopeScaling.Llama3 guess = new RopeScaling.Llama3(factor, 1, 4, original);
            double[] scaled = guess.apply(plain, theta);
            boolean equal = true;
            for (int i = 0; i < plain.length; i++) {
                equal &= Math.abs(plain[i] / scaled[i] - divisors.get(i)) <= 1e-4 * divisors.get(i);
            }
            if (equal) {
                return guess;
            }
        }
        throw new ConversionException(
                "the file's rotary divisors are not those of a published Llama 3 scaling, so config.json has no word for them; convert to GGUF instead");
    }

    private void yarn(ObjectNode scaling, RopeScaling.Yarn yarn) {
        boolean latent = config.attention() instanceof MlaConfig;
        scaling.put(latent ? "type" : "rope_type", "yarn")
                .put("factor", yarn.factor())
                .put("original_max_position_embeddings", yarn.originalMaxPositionEmbeddings())
                .put("beta_fast", yarn.betaFast())
                .put("beta_slow", yarn.betaSlow());
        if (latent) {
            scaling.put("mscale", yarn.mscale()).put("mscale_all_dim", yarn.mscaleAllDim());
        } else if (yarn.mscale() != 1 || yarn.mscaleAllDim() != 0) {
            scaling.put("attention_factor", yarn.tableFactor());
        }
    }

    /** The double that is written with a float's own digits. */
    private static double decimal(float value) {
        return Double.parseDouble(Float.toString(value));
    }
}

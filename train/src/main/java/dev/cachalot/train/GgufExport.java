package dev.cachalot.train;

import dev.cachalot.checkpoint.GgufWriter;
import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.checkpoint.MetadataBuilder;
import dev.cachalot.model.MlaConfig;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.MoeConfig;
import dev.cachalot.model.RopeScaling;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.RouteRule;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tokenizer.AddedToken;
import dev.cachalot.tokenizer.TokenizerSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a trained decoder with its tokenizer as one GGUF file of architecture {@code deepseek2},
 * in the words of llama.cpp's converter.
 */
final class GgufExport {
    private static final String ARCHITECTURE = "deepseek2";
    private static final int NORMAL_TOKEN = 1; // ggml's token types
    private static final int CONTROL_TOKEN = 3;
    private static final int USER_DEFINED_TOKEN = 4;

    /**
     * DeepSeek V3.1's chat form for messages of a system, a user and an assistant, for programs
     * that render templates from files.
     */
    static final String CHAT_TEMPLATE =
            """
            {{- bos_token }}\
            {%- for message in messages if message['role'] == 'system' %}\
            {%- if not loop.first %}{{- '\\n\\n' }}{% endif %}{{- message['content'] }}\
            {%- endfor %}\
            {%- for message in messages %}\
            {%- if message['role'] == 'user' %}\
            {{- '<\uFF5CUser\uFF5C>' + message['content'] }}\
            {%- elif message['role'] == 'assistant' %}\
            {{- '<\uFF5CAssistant\uFF5C></think>' + message['content'] + '<\uFF5Cend\u2581of\u2581sentence\uFF5C>' }}\
            {%- endif %}\
            {%- endfor %}\
            {%- if add_generation_prompt %}\
            {{- '<\uFF5CAssistant\uFF5C>' + ('</think>' if enable_thinking is defined and not enable_thinking else '<think>') }}\
            {%- endif %}""";

    /**
     * Writes the file; it appears whole or not at all.
     *
     * @param type of the matrices; routers, gains and matrices whose width is no multiple of its
     *     block are written as F32
     */
    static void write(
            Path file,
            String name,
            ModelConfig config,
            Parameters parameters,
            TokenizerSpec tokenizer,
            DType type)
            throws IOException {
        MetadataBuilder metadata =
                Metadata.builder()
                        .string("general.architecture", ARCHITECTURE)
                        .string("general.name", name);
        sizes(config, metadata);
        tokenizer(tokenizer, metadata);
        GgufWriter writer = new GgufWriter(metadata.build());
        tensors(parameters, type, writer);
        writer.write(file);
    }

    private static void sizes(ModelConfig config, MetadataBuilder metadata) {
        String prefix = ARCHITECTURE + ".";
        MlaConfig mla = config.requireMla("writing a trained model");
        metadata.u32(
                        prefix + "block_count",
                        config.numHiddenLayers() + config.numNextnPredictLayers())
                .u32(prefix + "context_length", config.maxPositionEmbeddings())
                .u32(prefix + "embedding_length", config.hiddenSize())
                .u32(prefix + "feed_forward_length", config.intermediateSize())
                .u32(prefix + "vocab_size", config.vocabSize())
                .u32(prefix + "attention.head_count", mla.numAttentionHeads())
                .u32(prefix + "attention.head_count_kv", mla.numAttentionHeads())
                .u32(prefix + "attention.kv_lora_rank", mla.kvLoraRank())
                .u32(prefix + "attention.key_length", mla.qkHeadDim())
                .u32(prefix + "attention.value_length", mla.vHeadDim())
                .f32(prefix + "attention.layer_norm_rms_epsilon", config.rmsNormEps())
                .u32(prefix + "rope.dimension_count", mla.qkRopeHeadDim())
                .f32(prefix + "rope.freq_base", (float) config.rope().ropeTheta());
        mla.qLoraRank().ifPresent(rank -> metadata.u32(prefix + "attention.q_lora_rank", rank));
        config.rope().ropeScaling().ifPresent(scaling -> scaling(scaling, prefix, metadata));
        config.moe().ifPresent(moe -> experts(moe, prefix, metadata));
        if (config.numNextnPredictLayers() > 0) {
            metadata.u32(prefix + "nextn_predict_layers", config.numNextnPredictLayers());
        }
    }

    private static void scaling(RopeScaling scaling, String prefix, MetadataBuilder metadata) {
        if (!(scaling instanceof RopeScaling.Yarn yarn)) {
            throw new IllegalArgumentException(
                    "a trained model is written with YaRN or without scaling, not with " + scaling);
        }
        yarn(yarn, prefix, metadata);
    }

    private static void yarn(RopeScaling.Yarn yarn, String prefix, MetadataBuilder metadata) {
        metadata.string(prefix + "rope.scaling.type", "yarn")
                .f32(prefix + "rope.scaling.factor", (float) yarn.factor())
                .u32(
                        prefix + "rope.scaling.original_context_length",
                        yarn.originalMaxPositionEmbeddings())
                .f32(
                        prefix + "rope.scaling.yarn_log_multiplier",
                        (float) (0.1 * yarn.mscaleAllDim()))
                .f32(prefix + "rope.scaling.yarn_beta_fast", (float) yarn.betaFast())
                .f32(prefix + "rope.scaling.yarn_beta_slow", (float) yarn.betaSlow());
    }

    private static void experts(MoeConfig moe, String prefix, MetadataBuilder metadata) {
        RouteRule rule = moe.route();
        metadata.u32(prefix + "leading_dense_block_count", moe.firstKDenseReplace())
                .u32(prefix + "expert_count", moe.nRoutedExperts())
                .u32(prefix + "expert_used_count", rule.topK())
                .u32(prefix + "expert_shared_count", moe.nSharedExperts())
                .u32(prefix + "expert_feed_forward_length", moe.moeIntermediateSize())
                .f32(prefix + "expert_weights_scale", rule.scale())
                .bool(prefix + "expert_weights_norm", rule.normalize())
                .u32(
                        prefix + "expert_gating_func",
                        switch (rule.scoring()) {
                            case SOFTMAX -> 1;
                            case SIGMOID -> 2;
                        });
        if (rule.groups() > 1) {
            metadata.u32(prefix + "expert_group_count", rule.groups())
                    .u32(prefix + "expert_group_used_count", rule.topGroups());
        }
    }

    private static void tokenizer(TokenizerSpec spec, MetadataBuilder metadata) {
        List<Integer> types =
                new ArrayList<>(Collections.nCopies(spec.tokens().size(), NORMAL_TOKEN));
        for (AddedToken added : spec.addedTokens()) {
            types.set(added.id(), added.special() ? CONTROL_TOKEN : USER_DEFINED_TOKEN);
        }
        metadata.string("tokenizer.ggml.model", "gpt2")
                .string("tokenizer.ggml.pre", spec.preTokenizer())
                .stringList("tokenizer.ggml.tokens", spec.tokens())
                .i32List("tokenizer.ggml.token_type", types)
                .stringList("tokenizer.ggml.merges", spec.merges())
                .bool("tokenizer.ggml.add_bos_token", true)
                .bool("tokenizer.ggml.add_eos_token", false)
                .string("tokenizer.chat_template", CHAT_TEMPLATE);
        spec.bosId().ifPresent(id -> metadata.u32("tokenizer.ggml.bos_token_id", id));
        spec.eosId().ifPresent(id -> metadata.u32("tokenizer.ggml.eos_token_id", id));
    }

    private static void tensors(Parameters parameters, DType type, GgufWriter writer) {
        Map<String, List<Tensor>> grouped = new LinkedHashMap<>();
        parameters
                .byName()
                .forEach(
                        (name, tensor) ->
                                grouped.computeIfAbsent(GgufNames.of(name), _ -> new ArrayList<>())
                                        .add(tensor));
        grouped.forEach(
                (name, parts) -> {
                    Tensor first = parts.getFirst();
                    if (name.contains("_exps.")) { // experts, ascending
                        Shape shape =
                                Shape.of(parts.size(), first.shape().dim(0), first.shape().dim(1));
                        int rows = first.rows();
                        writer.add(
                                name,
                                shape,
                                stored(name, first, type),
                                (row, target) ->
                                        parts.get((int) (row / rows))
                                                .copyRow((int) (row % rows), target));
                    } else {
                        writer.add(name, first, stored(name, first, type));
                    }
                });
    }

    private static DType stored(String name, Tensor tensor, DType type) {
        boolean plain =
                tensor.shape().rank() == 1
                        || name.endsWith("ffn_gate_inp.weight")
                        || tensor.width() % type.blockSize() != 0;
        return plain ? DType.F32 : type;
    }

    private GgufExport() {}
}

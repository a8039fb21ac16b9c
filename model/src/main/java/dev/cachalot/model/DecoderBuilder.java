package dev.cachalot.model;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import dev.cachalot.tensor.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts a decoder together from its configuration and its parameters, asked for by their Hugging
 * Face names.
 */
public final class DecoderBuilder {
    private final ModelConfig config;
    private final WeightSource weights;
    private final Kernels kernels;
    private final Workspace memory;
    private final boolean absorbed;

    private DecoderBuilder(
            ModelConfig config,
            WeightSource weights,
            Kernels kernels,
            Workspace memory,
            boolean absorbed) {
        this.config = config;
        this.weights = weights;
        this.kernels = kernels;
        this.memory = memory;
        this.absorbed = absorbed;
    }

    /**
     * Builds a decoder.
     *
     * @param memory holds tables and copies; must outlive the decoder
     * @param contextLength positions the decoder can be run at
     * @param absorbed whether the absorbed form is wanted, which generation needs and plain
     *     training does not
     */
    public static Decoder build(
            ModelConfig config,
            WeightSource weights,
            Kernels kernels,
            Workspace memory,
            int contextLength,
            boolean absorbed) {
        return new DecoderBuilder(config, weights, kernels, memory, absorbed)
                .decoder(contextLength);
    }

    /**
     * Prepares all weights as {@link #build} does and in the same order, but lets go of each layer
     * before the next: for kernels that keep what they lay out elsewhere.
     *
     * @param memory holds a layer's copies at a time
     */
    public static void layOut(
            ModelConfig config, WeightSource weights, Kernels kernels, Workspace memory) {
        DecoderBuilder builder = new DecoderBuilder(config, weights, kernels, memory, true);
        Rope rope = Rope.of(config.rope(), config.attention().rotaryDim(), 1, memory);
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            builder.alone(builder::layer, i, rope);
        }
        builder.alone((_, _) -> builder.head(), 0, rope);
        if (config.numNextnPredictLayers() > 0) {
            builder.alone(builder::nextToken, config.numHiddenLayers(), rope);
        }
    }

    /** A part of a decoder that is made and dropped again. */
    @FunctionalInterface
    private interface Part {
        Object make(int index, Rope rope);
    }

    private void alone(Part part, int index, Rope rope) {
        Workspace.Mark mark = memory.mark();
        part.make(index, rope);
        memory.release(mark);
    }

    private Linear head() {
        return linear("lm_head.weight", config.vocabSize(), config.hiddenSize());
    }

    private NextTokenBlock nextToken(int index, Rope rope) {
        String prefix = "model.layers." + index + ".";
        int width = config.hiddenSize();
        return new NextTokenBlock(
                norm(prefix + "enorm.weight", width),
                norm(prefix + "hnorm.weight", width),
                linear(prefix + "eh_proj.weight", width, 2 * width),
                layer(index, rope),
                norm(prefix + "shared_head.norm.weight", width));
    }

    private Decoder decoder(int contextLength) {
        Rope rope = Rope.of(config.rope(), config.attention().rotaryDim(), contextLength, memory);
        int width = config.hiddenSize();
        Tensor embedding =
                weights.require("model.embed_tokens.weight", Shape.of(config.vocabSize(), width));
        List<DecoderLayer> layers = new ArrayList<>();
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            layers.add(layer(i, rope));
        }
        RmsNorm norm = norm("model.norm.weight", width);
        Linear head = head();
        Optional<NextTokenBlock> block =
                config.numNextnPredictLayers() > 0
                        ? Optional.of(nextToken(config.numHiddenLayers(), rope))
                        : Optional.empty();
        return new Decoder(
                config, embedding, List.copyOf(layers), norm, head, block, contextLength);
    }

    private DecoderLayer layer(int index, Rope rope) {
        String prefix = "model.layers." + index + ".";
        Optional<MoeConfig> moe = config.moeOf(index);
        FeedForward feedForward =
                moe.isPresent()
                        ? moe(prefix + "mlp.", moe.get())
                        : swiGlu(prefix + "mlp.", config.intermediateSize());
        return new DecoderLayer(
                norm(prefix + "input_layernorm.weight", config.hiddenSize()),
                attention(prefix + "self_attn.", rope),
                norm(prefix + "post_attention_layernorm.weight", config.hiddenSize()),
                feedForward);
    }

    private Attention attention(String prefix, Rope rope) {
        return switch (config.attention()) {
            case MlaConfig mla -> latent(mla, prefix, rope);
            case GroupedQueryConfig grouped -> grouped(grouped, prefix, rope);
        };
    }

    private GroupedQueryAttention grouped(GroupedQueryConfig sizes, String prefix, Rope rope) {
        int width = config.hiddenSize();
        int queries = sizes.numAttentionHeads() * sizes.headDim();
        int keys = sizes.keyValueWidth();
        return new GroupedQueryAttention(
                sizes,
                biased(prefix + "q_proj", queries, width, sizes.qkvBias()),
                biased(prefix + "k_proj", keys, width, sizes.qkvBias()),
                biased(prefix + "v_proj", keys, width, sizes.qkvBias()),
                biased(prefix + "o_proj", width, queries, sizes.outputBias()),
                headNorm(prefix + "q_norm.weight", sizes),
                headNorm(prefix + "k_norm.weight", sizes),
                rope,
                config.attentionScale());
    }

    private BiasedLinear biased(String name, int outputs, int inputs, boolean bias) {
        return new BiasedLinear(
                linear(name + ".weight", outputs, inputs),
                bias ? Optional.of(floats(name + ".bias", outputs)) : Optional.empty());
    }

    private Optional<RmsNorm> headNorm(String name, GroupedQueryConfig sizes) {
        return sizes.qkNorm() ? Optional.of(norm(name, sizes.headDim())) : Optional.empty();
    }

    private Mla latent(MlaConfig mla, String prefix, Rope rope) {
        int width = config.hiddenSize();
        int heads = mla.numAttentionHeads();
        QueryProjection query;
        if (mla.qLoraRank().isPresent()) {
            int rank = mla.qLoraRank().getAsInt();
            query =
                    new QueryProjection.LowRank(
                            linear(prefix + "q_a_proj.weight", rank, width),
                            norm(prefix + "q_a_layernorm.weight", rank),
                            linear(prefix + "q_b_proj.weight", heads * mla.qkHeadDim(), rank));
        } else {
            query =
                    new QueryProjection.Direct(
                            linear(prefix + "q_proj.weight", heads * mla.qkHeadDim(), width));
        }
        int upRows = heads * (mla.qkNopeHeadDim() + mla.vHeadDim());
        Linear kvUp = linear(prefix + "kv_b_proj.weight", upRows, mla.kvLoraRank());
        Tensor joint = kvUp.weight().source();
        Optional<WeightSource.SplitUp> split = weights.findSplitUp(prefix + "kv_b_proj.weight");
        List<Weight> keys = List.of();
        List<Weight> values = List.of();
        if (absorbed && split.isPresent()) {
            keys = AbsorbedWeights.heads(split.get().keys(), heads, kernels);
            values = AbsorbedWeights.heads(split.get().values(), heads, kernels);
        } else if (absorbed) {
            keys = AbsorbedWeights.keys(mla, joint, kernels, memory);
            values = AbsorbedWeights.values(mla, joint, kernels);
        }
        return new Mla(
                mla,
                query,
                linear(prefix + "kv_a_proj_with_mqa.weight", mla.latentWidth(), width),
                norm(prefix + "kv_a_layernorm.weight", mla.kvLoraRank()),
                kvUp,
                keys,
                values,
                linear(prefix + "o_proj.weight", width, heads * mla.vHeadDim()),
                rope,
                config.attentionScale());
    }

    private Moe moe(String prefix, MoeConfig moe) {
        List<SwiGlu> experts = new ArrayList<>();
        for (int e = 0; e < moe.nRoutedExperts(); e++) {
            experts.add(swiGlu(prefix + "experts." + e + ".", moe.moeIntermediateSize()));
        }
        Tensor bias =
                moe.correctionBias()
                        ? floats(prefix + "gate.e_score_correction_bias", moe.nRoutedExperts())
                        : memory.zeros(1, moe.nRoutedExperts());
        return new Moe(
                linear(prefix + "gate.weight", moe.nRoutedExperts(), config.hiddenSize()),
                bias,
                moe.route(),
                List.copyOf(experts),
                moe.nSharedExperts() == 0
                        ? Optional.empty()
                        : Optional.of(
                                swiGlu(prefix + "shared_experts.", moe.sharedIntermediateSize())));
    }

    private SwiGlu swiGlu(String prefix, int intermediate) {
        int width = config.hiddenSize();
        return new SwiGlu(
                linear(prefix + "gate_proj.weight", intermediate, width),
                linear(prefix + "up_proj.weight", intermediate, width),
                linear(prefix + "down_proj.weight", width, intermediate));
    }

    private RmsNorm norm(String name, int width) {
        return new RmsNorm(floats(name, width), config.rmsNormEps());
    }

    private Linear linear(String name, int outputs, int inputs) {
        return new Linear(kernels.prepare(weights.require(name, Shape.of(outputs, inputs))));
    }

    /** One row of F32: the parameter itself, or a decoded copy. */
    private Tensor floats(String name, int width) {
        Tensor found = weights.require(name, Shape.of(width)).reshape(1, width);
        if (found.dtype() == DType.F32) {
            return found;
        }
        Tensor copy = memory.floats(1, width);
        copy.setFloats(found.toFloats());
        return copy;
    }
}

package dev.cachalot.library.convert;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.RowReader;
import dev.cachalot.checkpoint.TensorInfo;
import dev.cachalot.model.AttentionConfig;
import dev.cachalot.model.GroupedQueryConfig;
import dev.cachalot.model.MlaConfig;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.RopeConfig;
import dev.cachalot.model.RopeScaling;
import dev.cachalot.model.WeightNames;
import dev.cachalot.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A Hugging Face folder's tensors as GGUF lays them out. */
final class GgufTensors {
    private static final String SCALES = "_scale_inv";
    private static final String INVERSE_FREQUENCIES = "rotary_emb.inv_freq"; // follow from config
    private static final String KEY_VALUE_UP = ".self_attn.kv_b_proj.weight";

    private final Checkpoint source;
    private final ModelConfig config;
    private final Map<String, Map<Integer, String>> stacks = new LinkedHashMap<>();
    private final List<TargetTensor> tensors = new ArrayList<>();

    private GgufTensors(Checkpoint source, ModelConfig config) {
        this.source = source;
        this.config = config;
    }

    static List<TargetTensor> of(Checkpoint source, ModelConfig config) {
        return new GgufTensors(source, config).all();
    }

    private List<TargetTensor> all() {
        rotaryDivisors(config).ifPresent(tensors::add);
        for (TensorInfo info : source.tensorInfos()) {
            String name = info.name();
            if (isScales(source, name) || name.endsWith(INVERSE_FREQUENCIES) || isBeyond(name)) {
                continue;
            }
            Optional<WeightNames.Stacked> stacked = WeightNames.findStack(name);
            if (stacked.isPresent()) {
                stacks.computeIfAbsent(stacked.get().name(), _ -> new LinkedHashMap<>())
                        .put(stacked.get().expert(), name);
            } else if (name.endsWith(KEY_VALUE_UP)) {
                splitUp(name);
            } else {
                tensors.add(single(info));
            }
        }
        int experts = stacks.isEmpty() ? 0 : config.moe().orElseThrow().nRoutedExperts();
        stacks.forEach(
                (name, byExpert) -> tensors.add(Experts.stack(source, name, experts, byExpert)));
        return tensors;
    }

    static boolean isScales(Checkpoint source, String name) {
        return name.endsWith(SCALES)
                && source.isScaled(name.substring(0, name.length() - SCALES.length()));
    }

    /** Whether a tensor is of a next-token block that the configuration does not count. */
    private boolean isBeyond(String name) {
        String[] words = name.split("\\.", 4); // model layers N rest
        return words.length == 4
                && words[1].equals("layers")
                && words[2].matches("\\d{1,6}")
                && Integer.parseInt(words[2])
                        >= config.numHiddenLayers() + config.numNextnPredictLayers();
    }

    private TargetTensor single(TensorInfo info) {
        String name =
                WeightNames.findGguf(info.name())
                        .orElseThrow(
                                () ->
                                        new ConversionException(
                                                "%s: tensor '%s' has no name in GGUF that this build knows for architecture %s"
                                                        .formatted(
                                                                info.file(),
                                                                info.name(),
                                                                config.architecture())));
        if (isRotated(config, name)) {
            RotaryRows order = new RotaryRows(config.attention().qkHeadDim(), true);
            checkHeads(info, order);
            RowReader rows = TargetTensor.rows(source, info.name());
            return TargetTensor.made(name, info.shape(), order.apply(info.shape(), rows));
        }
        return TargetTensor.renamed(source, info, name);
    }

    /** Whether a query or key, by its GGUF name, has its rows in another order in each dialect. */
    static boolean isRotated(ModelConfig config, String gguf) {
        return config.architecture().equals("llama")
                && gguf.matches("blk\\.\\d+\\.attn_[qk]\\.(weight|bias)");
    }

    static void checkHeads(TensorInfo info, RotaryRows order) {
        long rows = info.shape().rank() == 1 ? info.shape().width() : info.shape().rows();
        if (rows % order.headDim() != 0 || order.headDim() % 2 != 0) {
            throw new ConversionException(
                    "%s: tensor '%s' has shape %s, expected rows for heads of %d"
                            .formatted(info.file(), info.name(), info.shape(), order.headDim()));
        }
    }

    private void splitUp(String name) {
        MlaConfig mla = config.requireMla("a tensor " + name);
        LatentUp up = LatentUp.of(mla);
        Shape found = source.info(name).orElseThrow().shape();
        if (!found.equals(up.joinedShape())) {
            throw new ConversionException(
                    "%s: tensor '%s' has shape %s, expected %s by its config.json"
                            .formatted(source.path(), name, found, up.joinedShape()));
        }
        RowReader joined = TargetTensor.rows(source, name);
        String gguf = WeightNames.findGguf(name).orElseThrow();
        String prefix = gguf.substring(0, gguf.lastIndexOf("attn_kv_b"));
        tensors.add(TargetTensor.made(prefix + "attn_k_b.weight", up.keyShape(), up.keys(joined)));
        tensors.add(
                TargetTensor.made(prefix + "attn_v_b.weight", up.valueShape(), up.values(joined)));
    }

    /** The tensor by which GGUF says what config.json says in words: Llama 3's scaling. */
    private static Optional<TargetTensor> rotaryDivisors(ModelConfig config) {
        if (config.rope().ropeScaling().orElse(null) instanceof RopeScaling.Llama3) {
            AttentionConfig attention = config.attention();
            double[] plain =
                    new RopeConfig(config.rope().ropeTheta(), Optional.empty())
                            .frequencies(rotaryDim(attention));
            double[] scaled = config.rope().frequencies(rotaryDim(attention));
            return Optional.of(
                    TargetTensor.made(
                            WeightNames.GGUF_ROPE_DIVISORS,
                            Shape.of(plain.length),
                            (_, _, target) -> {
                                for (int i = 0; i < plain.length; i++) {
                                    target[i] = (float) (plain[i] / scaled[i]);
                                }
                            }));
        }
        return Optional.empty();
    }

    static int rotaryDim(AttentionConfig attention) {
        return switch (attention) {
            case MlaConfig mla -> mla.qkRopeHeadDim();
            case GroupedQueryConfig grouped -> grouped.rotaryDim();
        };
    }
}

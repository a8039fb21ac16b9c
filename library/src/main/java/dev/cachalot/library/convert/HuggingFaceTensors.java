package dev.cachalot.library.convert;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.RowReader;
import dev.cachalot.checkpoint.TensorInfo;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.WeightNames;
import dev.cachalot.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A GGUF file's tensors as Hugging Face's folders lay them out. */
final class HuggingFaceTensors {
    private static final String KEYS = "attn_k_b.weight";
    private static final String VALUES = "attn_v_b.weight";

    private final Checkpoint source;
    private final ModelConfig config;
    private final List<TargetTensor> tensors = new ArrayList<>();

    private HuggingFaceTensors(Checkpoint source, ModelConfig config) {
        this.source = source;
        this.config = config;
    }

    static List<TargetTensor> of(Checkpoint source, ModelConfig config) {
        HuggingFaceTensors all = new HuggingFaceTensors(source, config);
        source.tensorInfos().forEach(all::add);
        return all.tensors;
    }

    private void add(TensorInfo info) {
        String name = info.name();
        if (name.equals(WeightNames.GGUF_ROPE_DIVISORS) || name.endsWith("." + VALUES)) {
            return; // in config.json; with the keys
        }
        if (name.endsWith("." + KEYS)) {
            tensors.add(joinedUp(name.substring(0, name.length() - KEYS.length())));
            return;
        }
        Optional<String> expert = WeightNames.findExpert(name, 0);
        if (expert.isPresent()) {
            addExperts(info);
            return;
        }
        String target =
                WeightNames.findHuggingFace(name)
                        .orElseThrow(
                                () ->
                                        new ConversionException(
                                                "%s: tensor '%s' has no name in Hugging Face's files that this build knows for architecture %s"
                                                        .formatted(
                                                                info.file(),
                                                                name,
                                                                config.architecture())));
        if (GgufTensors.isRotated(config, name)) {
            RotaryRows order = new RotaryRows(config.attention().qkHeadDim(), false);
            GgufTensors.checkHeads(info, order);
            RowReader rows = TargetTensor.rows(source, name);
            tensors.add(TargetTensor.made(target, info.shape(), order.apply(info.shape(), rows)));
        } else {
            tensors.add(TargetTensor.renamed(source, info, target));
        }
    }

    private void addExperts(TensorInfo stack) {
        int experts =
                config.moe()
                        .orElseThrow(
                                () ->
                                        new ConversionException(
                                                "%s holds experts ('%s') that its metadata does not count"
                                                        .formatted(stack.file(), stack.name())))
                        .nRoutedExperts();
        if (stack.shape().rank() != 3 || stack.shape().dim(0) != experts) {
            throw new ConversionException(
                    "%s: tensor '%s' has shape %s, expected a stack of %d experts"
                            .formatted(stack.file(), stack.name(), stack.shape(), experts));
        }
        for (int e = 0; e < experts; e++) {
            String name = WeightNames.findExpert(stack.name(), e).orElseThrow();
            tensors.add(Experts.one(source, stack, e, name));
        }
    }

    private TargetTensor joinedUp(String prefix) {
        LatentUp up = LatentUp.of(config.requireMla("a tensor " + prefix + KEYS));
        checkShape(prefix + KEYS, up.keyShape());
        checkShape(prefix + VALUES, up.valueShape());
        RowReader keys = TargetTensor.rows(source, prefix + KEYS);
        RowReader values = TargetTensor.rows(source, prefix + VALUES);
        String name = WeightNames.findHuggingFace(prefix + "attn_kv_b.weight").orElseThrow();
        return TargetTensor.made(name, up.joinedShape(), up.joined(keys, values));
    }

    private void checkShape(String name, Shape expected) {
        Optional<Shape> found = source.info(name).map(TensorInfo::shape);
        if (!found.equals(Optional.of(expected))) {
            throw new ConversionException(
                    "%s: tensor '%s' %s, expected shape %s by the file's metadata"
                            .formatted(
                                    source.path(),
                                    name,
                                    found.map(shape -> "has shape " + shape).orElse("is missing"),
                                    expected));
        }
    }
}

package dev.cachalot.train;

import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.WeightSource;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Workspace;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The parameters of a decoder in training: one contiguous F32 tensor [1, N], matrices first, then
 * gains, each starting on a multiple of 64 bytes (the gaps stay zero); and beside it the routers'
 * correction biases, which no gradient moves. Gradients and moments take the same layout ({@link
 * Tensor#sameViewOn}). Borrows its memory.
 */
public final class Parameters implements WeightSource {
    private static final int ALIGNMENT = 16; // floats: 64 bytes

    private final Tensor values; // [1, N]
    private final Tensor biases; // [1, B]
    private final int matrixElements;
    private final Map<String, Tensor> byName = new LinkedHashMap<>();

    /**
     * All zeros.
     *
     * @param memory holds the numbers and must outlive them
     * @throws TrainingSetupException if there are more than 2^31 numbers
     */
    public Parameters(ModelConfig config, Workspace memory) {
        ParameterShapes shapes = ParameterShapes.of(config);
        Map<String, Integer> starts = new LinkedHashMap<>();
        long end = 0;
        for (Map.Entry<String, Shape> entry : shapes.trained().entrySet()) {
            if (entry.getValue().rank() > 1) {
                end = place(entry, starts, end);
            }
        }
        matrixElements = (int) end; // checked below: a part of the whole
        for (Map.Entry<String, Shape> entry : shapes.trained().entrySet()) {
            if (entry.getValue().rank() == 1) {
                end = place(entry, starts, end);
            }
        }
        values = memory.zeros(1, end);
        Map<String, Tensor> named = new LinkedHashMap<>();
        shapes.trained()
                .forEach(
                        (name, shape) ->
                                named.put(name, view(values, starts.getOrDefault(name, 0), shape)));
        byName.putAll(named);
        long biasEnd = 0;
        Map<String, Integer> biasStarts = new LinkedHashMap<>();
        for (Map.Entry<String, Shape> entry : shapes.routerBiases().entrySet()) {
            biasEnd = place(entry, biasStarts, biasEnd);
        }
        biases = memory.zeros(1, biasEnd);
        shapes.routerBiases()
                .forEach(
                        (name, shape) ->
                                byName.put(
                                        name,
                                        view(biases, biasStarts.getOrDefault(name, 0), shape)));
    }

    private static long place(
            Map.Entry<String, Shape> entry, Map<String, Integer> starts, long start) {
        long end = start + entry.getValue().elements();
        end = (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        if (end > Integer.MAX_VALUE) {
            throw new TrainingSetupException(
                    "the model has more than "
                            + Integer.MAX_VALUE
                            + " parameters, reached at '"
                            + entry.getKey()
                            + "'; this trainer holds at most that many, so make the model smaller");
        }
        starts.put(entry.getKey(), (int) start);
        return end;
    }

    private static Tensor view(Tensor all, int start, Shape shape) {
        return all.columns(start, (int) shape.elements()).reshape(shape.toArray());
    }

    /** All trained numbers: [1, N]. */
    public Tensor values() {
        return values;
    }

    /** The routers' correction biases, layer after layer: [1, B]; B is 0 where there are none. */
    public Tensor biases() {
        return biases;
    }

    /** Leading numbers of {@link #values} that belong to matrices: the ones that decay. */
    public int matrixElements() {
        return matrixElements;
    }

    /** Views by name, trained parameters first, in the order of the forward pass. */
    public Map<String, Tensor> byName() {
        return Collections.unmodifiableMap(byName);
    }

    @Override
    public Tensor require(String name, Shape shape) {
        Tensor found = byName.get(name);
        if (found == null || !found.shape().equals(shape)) {
            throw new TrainingSetupException(
                    "the decoder asks for parameter '"
                            + name
                            + "' "
                            + shape
                            + ", the trainer holds "
                            + (found == null ? "none of that name" : found.shape()));
        }
        return found;
    }
}

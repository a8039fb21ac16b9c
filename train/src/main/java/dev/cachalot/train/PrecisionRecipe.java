package dev.cachalot.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Precision;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.WeightStore;
import dev.cachalot.tensor.WorkerPool;

/** What the factors of products are rounded to; all else is F32. */
public enum PrecisionRecipe {
    /** Not rounded: the same losses to the bit wherever the rung runs. */
    @JsonProperty("fp32")
    FP32(Precision.FP32),
    /** Rounded to BF16; needs the assembled rung and a CPU with such products. */
    @JsonProperty("bf16")
    BF16(Precision.BF16);

    private final Precision precision;

    PrecisionRecipe(Precision precision) {
        this.precision = precision;
    }

    /** Kernels of this precision. */
    Kernels kernels(Rung rung, WorkerPool pool) {
        precision
                .unsupported(rung)
                .ifPresent(
                        why -> {
                            throw new RecipeException(
                                    "'precision' is 'bf16', but "
                                            + why
                                            + "; try 'fp32' in the recipe, or --kernels=auto");
                        });
        return Kernels.of(rung, pool, WeightStore.inMemory(), precision);
    }
}

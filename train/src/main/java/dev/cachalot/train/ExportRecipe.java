package dev.cachalot.train;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.KebabCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.cachalot.tensor.DType;

/**
 * The file that a run leaves.
 *
 * @param type of the matrices; gains, routers and matrices whose width is no multiple of the type's
 *     block stay F32
 */
@JsonNaming(KebabCaseStrategy.class)
public record ExportRecipe(Type type) {

    /** Types a matrix can be stored as. */
    public enum Type {
        F32(DType.F32),
        F16(DType.F16),
        BF16(DType.BF16),
        Q8_0(DType.Q8_0);

        private final DType dtype;

        Type(DType dtype) {
            this.dtype = dtype;
        }

        DType dtype() {
            return dtype;
        }
    }
}

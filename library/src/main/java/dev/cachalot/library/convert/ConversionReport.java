package dev.cachalot.library.convert;

import dev.cachalot.tensor.DType;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a conversion did to the numbers.
 *
 * @param tensors in the order of the target
 * @param bytesRead size of the source's files
 * @param bytesWritten size of the target's weights
 * @param notes what a user should know beside the numbers, a sentence each
 */
public record ConversionReport(
        List<Line> tensors, long bytesRead, long bytesWritten, List<String> notes) {

    /** Copies the lists. */
    public ConversionReport {
        tensors = List.copyOf(tensors);
        notes = List.copyOf(notes);
    }

    /**
     * One tensor.
     *
     * @param wanted the type that it should have had by the rule; another than {@code stored} where
     *     its rows do not fill whole blocks
     * @param squaredError sum of the squares of what encoding changed
     * @param squares sum of the squares of its numbers; 0 where bytes were copied
     */
    public record Line(
            String name,
            DType wanted,
            DType stored,
            long numbers,
            double squaredError,
            double squares) {

        /** Root mean square of the error over that of the numbers; 0 where nothing changed. */
        public double relativeError() {
            return squaredError == 0 ? 0 : Math.sqrt(squaredError / squares);
        }
    }

    /** Relative error of all numbers that were encoded together. */
    public double relativeError() {
        double error = tensors.stream().mapToDouble(Line::squaredError).sum();
        double squares = tensors.stream().mapToDouble(Line::squares).sum();
        return error == 0 ? 0 : Math.sqrt(error / squares);
    }

    /** The tensor that changed most, if any did. */
    public Optional<Line> worst() {
        return tensors.stream()
                .filter(line -> line.squaredError() > 0)
                .max(Comparator.comparingDouble(Line::relativeError));
    }

    /** The tensors whose rows the wanted type's blocks do not divide. */
    public List<Line> fallbacks() {
        return tensors.stream().filter(line -> line.stored() != line.wanted()).toList();
    }

    /** Numbers stored as each type. */
    public Map<DType, Long> numbersByType() {
        Map<DType, Long> numbers = new EnumMap<>(DType.class);
        tensors.forEach(line -> numbers.merge(line.stored(), line.numbers(), Long::sum));
        return numbers;
    }
}

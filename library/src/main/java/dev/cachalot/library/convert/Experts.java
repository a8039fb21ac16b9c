package dev.cachalot.library.convert;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.RowReader;
import dev.cachalot.checkpoint.TensorInfo;
import dev.cachalot.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The two layouts of experts: a matrix each, and one stack [experts, outputs, inputs]. */
final class Experts {

    /** One stack of the matrices that {@code byExpert} names, which must be all of one shape. */
    static TargetTensor stack(
            Checkpoint source, String name, int experts, Map<Integer, String> byExpert) {
        List<String> names = new ArrayList<>(new TreeMap<>(byExpert).values());
        Shape one = shape(source, names.getFirst());
        for (int expert = 0; expert < experts; expert++) {
            String matrix = byExpert.get(expert);
            if (matrix == null || byExpert.size() != experts || one.rank() != 2) {
                throw new ConversionException(
                        "%s has %,d experts for '%s', expected matrices of experts 0 to %,d; fetch the model again"
                                .formatted(source.path(), byExpert.size(), name, experts - 1));
            }
            if (!shape(source, matrix).equals(one)) {
                throw new ConversionException(
                        "%s: expert '%s' has shape %s, expected %s as the first one; fetch the model again"
                                .formatted(source.path(), matrix, shape(source, matrix), one));
            }
        }
        int outputs = Math.toIntExact(one.dim(0));
        int width = Math.toIntExact(one.dim(1));
        return TargetTensor.made(
                name,
                Shape.of(experts, outputs, width),
                (first, count, target) -> {
                    int done = 0;
                    while (done < count) {
                        long row = first + done;
                        int within = (int) (row % outputs);
                        int some = Math.min(count - done, outputs - within);
                        String matrix = names.get((int) (row / outputs));
                        if (some == count) {
                            source.decodeRows(matrix, within, count, target);
                            return;
                        }
                        float[] part = new float[some * width];
                        source.decodeRows(matrix, within, some, part);
                        System.arraycopy(part, 0, target, done * width, part.length);
                        done += some;
                    }
                });
    }

    private static Shape shape(Checkpoint source, String name) {
        return source.info(name).orElseThrow().shape();
    }

    /** The matrix of one expert of a stack. */
    static TargetTensor one(Checkpoint source, TensorInfo stack, int expert, String name) {
        long outputs = stack.shape().dim(1);
        RowReader all = TargetTensor.rows(source, stack.name());
        return TargetTensor.made(
                name,
                Shape.of(Arrays.copyOfRange(stack.shape().toArray(), 1, 3)),
                (first, count, target) -> all.read(expert * outputs + first, count, target));
    }

    private Experts() {}
}

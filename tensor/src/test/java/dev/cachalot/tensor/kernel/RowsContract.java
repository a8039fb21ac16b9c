package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.ContractSubject.indexes;
import static dev.cachalot.tensor.kernel.ContractSubject.rows;
import static dev.cachalot.tensor.kernel.ContractSubject.size;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Kernels.HeadColumns;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the operations on rows must give, on every rung: all exact. */
interface RowsContract extends ContractSubject {

    @Test
    default void embeddingsAreTheDecodedRowsOfTheTable() {
        forAll(
                60,
                (kernels, memory, random) -> {
                    int type = random.nextInt(RandomWeights.TYPES.size());
                    DType dtype = RandomWeights.TYPES.get(type);
                    int width = RandomWeights.inputs(dtype, size(random));
                    Tensor table = memory.weight(dtype, size(random), width);
                    int[] ids = indexes(random, rows(random), table.rows());
                    Tensor out = memory.output(ids.length, width);
                    kernels.embed(table, ids, out);
                    float[] decoded = table.toFloats();
                    for (int t = 0; t < ids.length; t++) {
                        float[] row = new float[width];
                        System.arraycopy(decoded, ids[t] * width, row, 0, width);
                        Expect.sameBits("row " + t, out.slice(t, 1).toFloats(), row);
                    }
                });
    }

    @Test
    default void gradientsOfEmbeddingsAreAddedInTheOrderOfTheRows() {
        forAll(
                20,
                (kernels, memory, random) -> {
                    Tensor dTable = memory.output(1 + random.nextInt(9), size(random));
                    int[] ids = indexes(random, rows(random), dTable.rows());
                    Tensor dOut = memory.input(ids.length, dTable.width());
                    float[] expected = scattered(dOut, ids, dTable);
                    kernels.addEmbedGradients(ids, dOut, dTable);
                    Expect.sameBits("dTable", dTable.toFloats(), expected);
                });
    }

    @Test
    default void scatteredRowsAreAddedInOrderAndGatheredRowsMayRepeat() {
        forAll(
                20,
                (kernels, memory, random) -> {
                    Tensor out = memory.output(1 + random.nextInt(9), size(random));
                    int[] places = indexes(random, rows(random), out.rows());
                    Tensor x = memory.input(places.length, out.width());
                    float[] expected = scattered(x, places, out);
                    kernels.scatterAdd(x, places, out);
                    Expect.sameBits("scattered", out.toFloats(), expected);

                    Tensor gathered = memory.output(places.length, out.width());
                    kernels.gather(out, places, gathered);
                    for (int i = 0; i < places.length; i++) {
                        Expect.sameBits("row " + i, gathered.slice(i, 1), out.slice(places[i], 1));
                    }
                });
    }

    private static float[] scattered(Tensor x, int[] rows, Tensor out) {
        float[] sums = out.toFloats();
        for (int i = 0; i < rows.length; i++) {
            for (int c = 0; c < x.width(); c++) {
                sums[rows[i] * x.width() + c] += x.get(i, c);
            }
        }
        return sums;
    }

    @Test
    default void rowsAreAddedCopiedAndScaled() {
        forAll(
                30,
                (kernels, memory, random) -> {
                    Tensor x = memory.input(rows(random), size(random));
                    Tensor y = memory.output(x.rows(), x.width());
                    Tensor z = memory.output(x.rows(), x.width());
                    float factor = (float) random.nextDouble(-2, 2);
                    float[] sums = y.toFloats();
                    float[] scaled = x.toFloats();
                    for (int i = 0; i < sums.length; i++) {
                        sums[i] += scaled[i];
                        scaled[i] *= factor;
                    }
                    kernels.add(x, y);
                    Expect.sameBits("sums", y.toFloats(), sums);
                    kernels.copy(x, z);
                    Expect.sameBits("copy", z, x);
                    kernels.scale(z, factor);
                    Expect.sameBits("scaled", z.toFloats(), scaled);
                    if (x.rows() > 0) {
                        Tensor row = x.slice(0, 1);
                        float[] added = y.toFloats();
                        float[] each = row.toFloats();
                        for (int i = 0; i < added.length; i++) {
                            added[i] += each[i % each.length];
                        }
                        kernels.addRow(row, y);
                        Expect.sameBits("one row added", y.toFloats(), added);
                    }
                });
    }

    @Test
    default void columnsOfHeadsAreCopiedAndAdded() {
        forAll(
                30,
                (kernels, memory, random) -> {
                    int heads = 1 + random.nextInt(5);
                    int width = 1 + random.nextInt(40);
                    HeadColumns from =
                            new HeadColumns(random.nextInt(4), random.nextInt(3) * (width + 1));
                    HeadColumns to = new HeadColumns(random.nextInt(4), width + random.nextInt(3));
                    HeadColumns summed = new HeadColumns(random.nextInt(4), 0);
                    Tensor source = memory.input(rows(random), 4 + 3 * heads * (width + 1));
                    Tensor target = memory.output(source.rows(), 4 + heads * (width + 3));
                    heads(kernels, source, from, target, to, heads, width, false);
                    heads(kernels, source, from, target, to, heads, width, true);
                    heads(kernels, source, from, target, summed, heads, width, true);
                });
    }

    private static void heads(
            Kernels kernels,
            Tensor source,
            HeadColumns from,
            Tensor target,
            HeadColumns to,
            int heads,
            int width,
            boolean adds) {
        float[] expected = target.toFloats();
        for (int t = 0; t < source.rows(); t++) {
            for (int h = 0; h < heads; h++) {
                for (int c = 0; c < width; c++) {
                    int at = t * target.width() + to.offset() + h * to.stride() + c;
                    float held = adds ? expected[at] : 0;
                    expected[at] = held + source.get(t, from.offset() + h * from.stride() + c);
                }
            }
        }
        if (adds) {
            kernels.addHeads(source, from, target, to, heads, width);
        } else {
            kernels.copyHeads(source, from, target, to, heads, width);
        }
        Expect.sameBits(adds ? "added heads" : "copied heads", target.toFloats(), expected);
    }

    @Test
    default void misfitsOfRowsAreNamedAtTheDoor() {
        try (WorkerPool pool = new WorkerPool(1);
                GuardedMemory memory = new GuardedMemory(new SplittableRandom(1))) {
            Kernels kernels = kernels(pool);
            Tensor x = memory.input(3, 5);
            assertThatThrownBy(() -> kernels.add(x, memory.output(3, 6)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("F32[3, 6]")
                    .hasMessageContaining("F32[3, 5]");
            assertThatThrownBy(() -> kernels.addRow(x, memory.output(3, 5)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected [1, 5]");
            int[] ids = {0, 3};
            assertThatThrownBy(() -> kernels.embed(x, ids, memory.output(2, 5)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("ids[1] is 3; expected 0 to 2");
            assertThatThrownBy(() -> kernels.gather(x, new int[] {-1}, memory.output(1, 5)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("rows[0] is -1");
            HeadColumns columns = new HeadColumns(2, 2);
            assertThatThrownBy(
                            () -> kernels.copyHeads(x, columns, memory.output(3, 5), columns, 2, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("2 heads of 2 columns from 2, 2 apart");
            assertThatThrownBy(() -> kernels.scale(memory.intOutput(2, 2), 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected numbers of type F32");
        }
    }
}

package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.GatedProduct;
import dev.cachalot.tensor.Kernels.HeadColumns;
import dev.cachalot.tensor.Kernels.WeightGradient;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.Tensor;
import java.util.List;

/** Doors of the products, of the operations on rows and of the layers without attention. */
final class RowChecks {

    static void products(List<Product> products) {
        for (Product product : products) { // sizes were checked by the record itself
            Checks.floats("x", product.x());
            Checks.floats("y", product.y());
        }
    }

    static void gatedProducts(List<GatedProduct> products) {
        for (GatedProduct product : products) { // sizes were checked by the record itself
            Checks.floats("x", product.x());
            Checks.floats("y", product.y());
        }
    }

    static void inputGradients(List<Product> products) {
        products(products);
        for (Product product : products) {
            Checks.dtype("source of the weight", product.weight().source(), DType.F32);
        }
    }

    static void weightGradients(List<WeightGradient> gradients) {
        for (WeightGradient gradient : gradients) {
            Checks.floats("dY", gradient.dy());
            Checks.matrix("x", gradient.x(), gradient.dy().rows(), gradient.x().width());
            Checks.matrix("dW", gradient.dw(), gradient.dy().width(), gradient.x().width());
            Checks.contiguous("dW", gradient.dw());
        }
    }

    static void embed(Tensor table, int[] ids, Tensor out) {
        Checks.weight("table", table);
        Checks.matrix("out", out, ids.length, table.width());
        Checks.indexes("ids", ids, table.rows());
    }

    static void embedGradients(int[] ids, Tensor dOut, Tensor dTable) {
        Checks.floats("dTable", dTable);
        Checks.matrix("dOut", dOut, ids.length, dTable.width());
        Checks.indexes("ids", ids, dTable.rows());
    }

    static void gather(Tensor x, int[] rows, Tensor out) {
        Checks.floats("x", x);
        Checks.matrix("out", out, rows.length, x.width());
        Checks.indexes("rows", rows, x.rows());
    }

    static void scatterAdd(Tensor x, int[] rows, Tensor out) {
        Checks.floats("out", out);
        Checks.matrix("x", x, rows.length, out.width());
        Checks.indexes("rows", rows, out.rows());
    }

    static void heads(
            Tensor source, HeadColumns from, Tensor target, HeadColumns to, int heads, int width) {
        Checks.floats("source", source);
        Checks.floats("target", target);
        if (source.rows() != target.rows()) {
            throw new IllegalArgumentException(
                    "target is " + target + "; expected as many rows as source, " + source);
        }
        columns("source", source, from, heads, width);
        columns("target", target, to, heads, width);
    }

    static void columns(String name, Tensor tensor, HeadColumns columns, int heads, int width) {
        long last = columns.offset() + Math.max(0, heads - 1L) * columns.stride() + width;
        if (heads < 0
                || width < 0
                || columns.offset() < 0
                || columns.stride() < 0
                || last > tensor.width()) {
            throw new IllegalArgumentException(
                    heads
                            + " heads of "
                            + width
                            + " columns from "
                            + columns.offset()
                            + ", "
                            + columns.stride()
                            + " apart, do not lie in "
                            + name
                            + ", which is "
                            + tensor);
        }
    }

    static void rmsNorm(Tensor x, Tensor gain, Tensor y) {
        Checks.alike("y", y, "x", x);
        Checks.matrix("gain", gain, 1, x.width());
    }

    static void rmsNormGradients(Tensor x, Tensor gain, Tensor dy, Tensor dx, Tensor dGain) {
        Checks.alike("dY", dy, "x", x);
        Checks.alike("dX", dx, "x", x);
        Checks.matrix("gain", gain, 1, x.width());
        Checks.matrix("dGain", dGain, 1, x.width());
    }

    static void rotate(
            Tensor x, HeadColumns columns, int heads, int[] positions, Tensor cos, Tensor sin) {
        Checks.floats("x", x);
        Checks.alike("sin", sin, "cos", cos);
        columns("x", x, columns, heads, 2 * cos.width());
        Checks.length("positions", positions.length, x.rows());
        Checks.indexes("positions", positions, cos.rows());
    }

    static void swiGlu(Tensor gate, Tensor up, Tensor y) {
        Checks.alike("up", up, "gate", gate);
        Checks.alike("y", y, "gate", gate);
    }

    static void swiGluGradients(Tensor gate, Tensor up, Tensor dy, Tensor dGate, Tensor dUp) {
        swiGlu(gate, up, dy);
        Checks.alike("dGate", dGate, "gate", gate);
        Checks.alike("dUp", dUp, "gate", gate);
    }

    private RowChecks() {}
}

package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.AttentionSpan;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.GatedProduct;
import dev.cachalot.tensor.LatentSpan;
import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.PagedSpan;
import dev.cachalot.tensor.Precision;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import dev.cachalot.tensor.WeightStore;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.assembly.ProductInstructions;
import java.util.ArrayList;
import java.util.List;

/**
 * Kernels that were written as machine code for this CPU, where they are ahead of {@link
 * VectorKernels}, and those elsewhere: quantised weights are laid in tiles and multiplied as whole
 * numbers, with rows of activations quantised to 8 bits.
 */
public final class AssembledKernels extends VectorKernels {
    private final CodeProducts codes;
    private final PairProducts pairs;
    private final Precision precision;
    private final CodeAttention attention;
    private final PromptAttention prompts;
    private final LatentAttention latents;
    private final ProductInstructions instructions;

    /**
     * Kernels on the threads of {@code pool}, which the caller owns and closes, in the instructions
     * of this process.
     *
     * @param store keeps the tiles; valid as long as the kernels are used
     * @param precision of products with F32 weights that can be written
     */
    public AssembledKernels(WorkerPool pool, WeightStore store, Precision precision) {
        this(pool, store, precision, ProductInstructions.chosen().orElseThrow());
    }

    /** As above, in instructions that this CPU has. */
    public AssembledKernels(
            WorkerPool pool,
            WeightStore store,
            Precision precision,
            ProductInstructions instructions) {
        super(pool, store, PreparedBytes.panelLimit(), isWide(instructions));
        this.precision = precision;
        this.instructions = instructions;
        pairs = new PairProducts(pool);
        codes = new CodeProducts(pool, store, instructions);
        attention = new CodeAttention(pool);
        prompts = new PromptAttention(pool);
        latents = new LatentAttention(pool);
    }

    /** Whether what is written for AVX-512 only runs too: attention, gated products, floats. */
    static boolean isWide(ProductInstructions instructions) {
        return instructions == ProductInstructions.AVX512_VNNI;
    }

    @Override
    public Rung rung() {
        return Rung.ASSEMBLED;
    }

    @Override
    public Weight prepare(Tensor matrix) {
        Checks.weight("matrix", matrix);
        if (precision == Precision.BF16
                && matrix.dtype() == DType.F32
                && !matrix.segment().isReadOnly()) {
            return pairs.prepare(matrix);
        }
        return TiledWeight.fits(matrix) && CodeCheck.passes(instructions, matrix.dtype())
                ? codes.prepare(matrix)
                : super.prepare(matrix);
    }

    @Override
    public DType typeOfCopy(DType source, int inputs) {
        return PreparedBytes.typeOfCopy(source, inputs);
    }

    @Override
    public boolean roundsInputs(Weight weight) {
        return weight instanceof TiledWeight;
    }

    @Override
    public void refresh(Weight weight) {
        if (weight instanceof TiledWeight tiled) {
            tiled.refresh(pool());
        } else if (weight instanceof PairPanels panels) {
            pairs.refresh(panels);
        } else {
            super.refresh(weight);
        }
    }

    @Override
    public void multiply(List<Product> products) {
        RowChecks.products(products);
        List<Product> tiled = new ArrayList<>(products.size());
        List<Product> paired = new ArrayList<>();
        List<Product> others = new ArrayList<>();
        for (Product product : products) {
            switch (product.weight()) {
                case TiledWeight _ -> tiled.add(product);
                case PairPanels _ -> paired.add(product);
                default -> others.add(product);
            }
        }
        if (!paired.isEmpty()) {
            pairs.multiply(paired);
        }
        if (!tiled.isEmpty()) {
            codes.multiply(tiled);
        }
        if (!others.isEmpty()) {
            super.multiply(others);
        }
    }

    @Override
    public boolean hasGatedProducts(Weight gate, Weight up) {
        return isWide(instructions) && gate instanceof TiledWeight && up instanceof TiledWeight;
    }

    @Override
    public void multiplyGated(List<GatedProduct> products) {
        RowChecks.gatedProducts(products);
        for (GatedProduct product : products) {
            if (!hasGatedProducts(product.gate(), product.up())) {
                super.multiplyGated(products);
            }
        }
        codes.multiplyGated(products);
    }

    @Override
    public void addInputGradients(List<Product> products) {
        if (precision == Precision.FP32) {
            super.addInputGradients(products);
            return;
        }
        RowChecks.inputGradients(products);
        pairs.addInputGradients(products);
    }

    @Override
    public void addWeightGradients(List<WeightGradient> gradients) {
        if (precision == Precision.FP32) {
            super.addWeightGradients(gradients);
            return;
        }
        RowChecks.weightGradients(gradients);
        pairs.addWeightGradients(gradients);
    }

    @Override
    public void attend(
            Tensor q,
            Tensor k,
            Tensor v,
            AttentionShape shape,
            List<AttentionSpan> spans,
            Tensor out,
            Tensor logSumExp) {
        if (!isWide(instructions) || !CodeAttention.fits(shape, q, k, v, out)) {
            super.attend(q, k, v, shape, spans, out, logSumExp);
            return;
        }
        AttentionChecks.attend(q, k, v, shape, spans, out, logSumExp);
        attention.attend(q, k, v, shape, spans, out, logSumExp);
    }

    @Override
    public void attendLatent(Tensor q, AttentionShape shape, List<LatentSpan> spans, Tensor out) {
        if (typeOf(spans) == DType.BF16
                && isWide(instructions)
                && LatentAttention.fits(shape, q, spans, out)) {
            AttentionChecks.attendLatent(q, shape, spans, DType.BF16, out);
            latents.attend(q, shape, spans, out);
            return;
        }
        if (!isWide(instructions) || !CodeAttention.fits(shape, q, out)) {
            super.attendLatent(q, shape, spans, out);
            return;
        }
        AttentionChecks.attendLatent(q, shape, spans, out);
        attention.attendLatent(q, shape, spans, out);
    }

    @Override
    public void attendPaged(Tensor q, AttentionShape shape, List<PagedSpan> spans, Tensor out) {
        if (!isWide(instructions) || !CodeAttention.fits(shape, q, out)) {
            super.attendPaged(q, shape, spans, out);
            return;
        }
        AttentionChecks.attendPaged(q, shape, spans, out);
        attention.attendPaged(q, shape, spans, out);
    }

    @Override
    public void attendPrompts(Tensor q, AttentionShape shape, List<PagedSpan> spans, Tensor out) {
        for (PagedSpan span : spans) {
            if (!PromptAttention.fits(span.keys()) || !PromptAttention.fits(span.values())) {
                attendPaged(q, shape, spans, out);
                return;
            }
        }
        if (!isWide(instructions) || !PromptAttention.fits(shape, q, out)) {
            attendPaged(q, shape, spans, out);
            return;
        }
        AttentionChecks.attendPaged(q, shape, spans, out);
        prompts.attendPaged(q, shape, spans, out);
    }

    @Override
    public boolean attendExpanded(
            Tensor q, Weight up, AttentionShape shape, List<LatentSpan> spans, Tensor out) {
        AttentionChecks.attendExpanded(q, up, shape, spans, typeOf(spans), out);
        if (!isWide(instructions)
                || !roundsInputs(up)
                || !PromptAttention.fits(shape, q, out)
                || !PromptAttention.fits(shape, up)
                || !PromptAttention.areNative(spans)) {
            return false;
        }
        prompts.attendExpanded(this, q, up, shape, spans, out);
        return true;
    }

    @Override
    public DType typeOfLatents(Weight keys, AttentionShape shape) {
        return isWide(instructions) && roundsInputs(keys) && LatentAttention.fits(shape)
                ? DType.BF16
                : DType.F32;
    }

    /** Of the pools of a call, which are all of one type: F32 or BF16. */
    private static DType typeOf(List<LatentSpan> spans) {
        boolean isRounded =
                !spans.isEmpty() && spans.getFirst().latents().pool().dtype() == DType.BF16;
        return isRounded ? DType.BF16 : DType.F32;
    }

    @Override
    public void store(Tensor x, PagedRows target, int first) {
        if (target.pool().dtype() != DType.BF16) {
            super.store(x, target, first);
            return;
        }
        AttentionChecks.storeRounded(x, target, first);
        LatentRows.store(x, target, first);
    }

    @Override
    public void load(PagedRows source, Tensor out) {
        if (source.pool().dtype() != DType.BF16) {
            super.load(source, out);
            return;
        }
        AttentionChecks.loadRounded(source, out);
        LatentRows.load(source, 0, out);
    }
}

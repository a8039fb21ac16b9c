package dev.cachalot.tensor;

import dev.cachalot.tensor.kernel.AssembledKernels;
import dev.cachalot.tensor.kernel.ScalarKernels;
import dev.cachalot.tensor.kernel.VectorKernels;
import java.util.List;

/**
 * The arithmetic of models, as coarse operations on rows, forward and backward. Tensors are F32
 * [rows, width], possibly strided views, unless a line says otherwise; outputs are overwritten
 * unless it says "adds". An output never overlaps an input unless it says "may be". Shapes are
 * checked at the door ({@link IllegalArgumentException}); row counts may be 0 everywhere.
 *
 * <p><b>One order of summation.</b> A product's output is one chain of fused multiply-adds over its
 * inputs, ascending, whatever the number of rows, threads or batch-mates. So the same row gives the
 * same bits in every batch. Work is split by output rows or columns, never along a reduction. With
 * {@link Precision#BF16} the chain goes over pairs of inputs, both rounded to BF16: the second of a
 * pair first, then the first, each a fused multiply-add rounded to the nearest; numbers too small
 * to be normal count as zero, factors and sums.
 *
 * <p>Not safe for use by two threads at once. The calling thread takes part in the work.
 */
public interface Kernels {

    /**
     * The kernels of one rung, on the threads of a pool that the caller owns and closes.
     *
     * @throws UnsupportedOperationException when this machine cannot run the rung ({@link
     *     Rung#unsupported})
     */
    static Kernels of(Rung rung, WorkerPool pool) {
        return of(rung, pool, WeightStore.inMemory());
    }

    /** As {@link #of(Rung, WorkerPool)}; weights in layouts of their own are kept in the store. */
    static Kernels of(Rung rung, WorkerPool pool, WeightStore store) {
        return of(rung, pool, store, Precision.FP32);
    }

    /**
     * As {@link #of(Rung, WorkerPool, WeightStore)}; products with F32 weights that can be written,
     * and their gradients, are of the precision.
     *
     * @throws UnsupportedOperationException also when the rung has no such products here ({@link
     *     Precision#unsupported})
     */
    static Kernels of(Rung rung, WorkerPool pool, WeightStore store, Precision precision) {
        rung.unsupported()
                .ifPresent(
                        why -> {
                            throw new UnsupportedOperationException(
                                    "the " + rung + " rung cannot run here: " + why);
                        });
        precision
                .unsupported(rung)
                .ifPresent(
                        why -> {
                            throw new UnsupportedOperationException(
                                    "the precision " + precision + " cannot be had here: " + why);
                        });
        return switch (rung) {
            case SCALAR -> new ScalarKernels(pool);
            case VECTOR -> new VectorKernels(pool, store);
            case ASSEMBLED -> new AssembledKernels(pool, store, precision);
        };
    }

    /** The rung that these kernels are. */
    Rung rung();

    /** The threads that they run on. */
    WorkerPool pool();

    // ---- weights and products

    /**
     * Prepares a matrix [outputs, inputs] of any weight type for products; may copy it into another
     * layout: a quantised one into the {@link WeightStore}, a small one of floats on the heap.
     * Floats of a model's size in memory that cannot be written (a mapped file) are not copied.
     */
    Weight prepare(Tensor matrix);

    /**
     * The type in which a copy of a weight, transposed or joined with another, is best handed to
     * {@link #prepare}: F32, or Q8_0 where products with the weight's own type round their inputs
     * to 8 bits anyway.
     *
     * @param inputs of the copy
     */
    default DType typeOfCopy(DType source, int inputs) {
        return DType.F32;
    }

    /** Whether products with a weight round their inputs to 8 bits. */
    default boolean roundsInputs(Weight weight) {
        return false;
    }

    /** Takes over changed numbers of the weight's source (after an optimizer step). */
    void refresh(Weight weight);

    /** Independent products {@code y = x Wᵀ} in one go. */
    void multiply(List<Product> products);

    /** {@code y = x Wᵀ}: x [T, K], weight [N, K], y [T, N]. */
    default void multiply(Tensor x, Weight weight, Tensor y) {
        multiply(List.of(new Product(x, weight, y)));
    }

    /** Whether {@link #multiplyGated} takes these weights. */
    default boolean hasGatedProducts(Weight gate, Weight up) {
        return false;
    }

    /**
     * Independent gated products in one go, as two products and {@link #swiGlu} for each, but for
     * rounding.
     *
     * @throws UnsupportedOperationException unless {@link #hasGatedProducts} says so of all weights
     */
    default void multiplyGated(List<GatedProduct> products) {
        throw new UnsupportedOperationException("these kernels have no gated products");
    }

    /**
     * Gradients of the inputs of products: for each, with {@code y} read as dY [T, N], adds {@code
     * dY W} to {@code x} read as dX [T, K]. Sums over outputs, ascending, continuing from what dX
     * held. The weight's source must be F32. No two products of a call may share rows of x.
     */
    void addInputGradients(List<Product> products);

    /**
     * Gradients of a weight: for each, adds {@code dYᵀ X} to dW [N, K] (contiguous). Sums over
     * rows, ascending, continuing from what dW held. No two of a call may share a dW.
     */
    void addWeightGradients(List<WeightGradient> gradients);

    /** dY [T, N] and X [T, K] give dW [N, K]. */
    record WeightGradient(Tensor dy, Tensor x, Tensor dw) {}

    // ---- rows

    /**
     * {@code out[t] = table[ids[t]]}, decoded: table [V, D] of any weight type, out [T, D]. Ids are
     * checked.
     */
    void embed(Tensor table, int[] ids, Tensor out);

    /** Adds {@code dOut[t]} to {@code dTable[ids[t]]}, t ascending: dTable [V, D]. */
    void addEmbedGradients(int[] ids, Tensor dOut, Tensor dTable);

    /** {@code y += x}, same shapes. */
    void add(Tensor x, Tensor y);

    /** {@code y = x}, same shapes. */
    void copy(Tensor x, Tensor y);

    /** {@code y[t] += row} for every row t: row [1, N], y [T, N]. */
    void addRow(Tensor row, Tensor y);

    /** {@code x *= factor}. */
    void scale(Tensor x, float factor);

    /** {@code out[i] = x[rows[i]]}: out [rows.length, D]. Rows may repeat. */
    void gather(Tensor x, int[] rows, Tensor out);

    /** Adds x[i] to {@code out[rows[i]]}, i ascending: the gradient of {@link #gather}. */
    void scatterAdd(Tensor x, int[] rows, Tensor out);

    /**
     * Copies columns head by head: head h, column c of the target (at {@code targetOffset + h *
     * targetStride + c}) from the source (at {@code sourceOffset + h * sourceStride + c}), for h
     * &lt; heads, c &lt; width. A source stride of 0 gives every head the same columns.
     */
    void copyHeads(
            Tensor source, HeadColumns from, Tensor target, HeadColumns to, int heads, int width);

    /**
     * As {@link #copyHeads}, adding to the target; a target stride of 0 sums over heads, ascending.
     */
    void addHeads(
            Tensor source, HeadColumns from, Tensor target, HeadColumns to, int heads, int width);

    /** Where the columns of heads lie in a row: head h starts at {@code offset + h * stride}. */
    record HeadColumns(int offset, int stride) {}

    // ---- layers

    /**
     * RMSNorm of each row (Zhang and Sennrich, arXiv 1910.07467, eq. 4): {@code y = x /
     * sqrt(mean(x²) + eps) * gain}. gain is one F32 row. y may be x.
     */
    void rmsNorm(Tensor x, Tensor gain, float eps, Tensor y);

    /** Backward of {@link #rmsNorm}: adds to dX [T, D] and, rows ascending, to dGain [1, D]. */
    void addRmsNormGradients(Tensor x, Tensor gain, float eps, Tensor dy, Tensor dx, Tensor dGain);

    /**
     * Rotates pairs (RoPE, Su et al., arXiv 2104.09864, eq. 34), in place: for each row t and head
     * h the pair i of {@code columns}, width 2 * cos.width(), by the angle whose cosine and sine
     * are in row {@code positions[t]} of the tables [positions, width / 2]. {@code pairs} says
     * which numbers are pair i; {@code inverse} turns the other way: the backward pass.
     */
    void rotate(
            Tensor x,
            HeadColumns columns,
            int heads,
            int[] positions,
            Tensor cos,
            Tensor sin,
            RotaryPairs pairs,
            boolean inverse);

    /** {@code y = silu(gate) * up}; y may be gate or up. */
    void swiGlu(Tensor gate, Tensor up, Tensor y);

    /** Backward of {@link #swiGlu}: overwrites dGate and dUp, which may be gate and up. */
    void swiGluGradients(Tensor gate, Tensor up, Tensor dy, Tensor dGate, Tensor dUp);

    // ---- attention

    /**
     * Causal softmax attention: q [.., heads * keyDim], k [.., kvHeads * keyDim], v [.., kvHeads *
     * valueDim], out [.., heads * valueDim], logSumExp [.., heads] (rows as q: log of the sum of
     * exp of the scaled scores, for the backward pass). Only rows inside the spans are touched.
     */
    void attend(
            Tensor q,
            Tensor k,
            Tensor v,
            AttentionShape shape,
            List<AttentionSpan> spans,
            Tensor out,
            Tensor logSumExp);

    /**
     * Backward of {@link #attend}: adds to dQ, dK and dV. Spans may not share rows of q nor of k.
     */
    void addAttentionGradients(AttentionInputs inputs, AttentionGradients gradients);

    /** What {@link #attend} was given and gave. */
    record AttentionInputs(
            Tensor q,
            Tensor k,
            Tensor v,
            AttentionShape shape,
            List<AttentionSpan> spans,
            Tensor out,
            Tensor logSumExp) {}

    /** Gradient of the output, and where those of the inputs are added. */
    record AttentionGradients(Tensor dOut, Tensor dq, Tensor dk, Tensor dv) {}

    /**
     * Absorbed (multi-query) attention over paged latents (DeepSeek-V2, section 2.1.2, with the
     * up-projections absorbed): q [.., heads * keyDim], one key per cached row = the whole row
     * (keyDim numbers), one value = its first valueDim numbers; shape.kvHeads() is 1. out [..,
     * heads * valueDim]. Pools are F32, or of the type that {@link #typeOfLatents} told.
     */
    void attendLatent(Tensor q, AttentionShape shape, List<LatentSpan> spans, Tensor out);

    /**
     * The type in which latents are best kept for {@link #attendLatent}: F32, or BF16 where
     * products with the weights around it round their inputs to 8 bits anyway; then queries and
     * weights of the latents are rounded to BF16 too.
     *
     * @param keys takes a query of a head to its latent's space
     */
    default DType typeOfLatents(Weight keys, AttentionShape shape) {
        return DType.F32;
    }

    /**
     * Causal softmax attention over paged keys and values, as {@link #attend} over rows that lie
     * side by side: q [.., heads * keyDim], out [.., heads * valueDim]. A query's bits depend on
     * nothing but itself and the rows it sees.
     */
    void attendPaged(Tensor q, AttentionShape shape, List<PagedSpan> spans, Tensor out);

    /**
     * As {@link #attendPaged}, for chunks of prompts of models whose products round anyway ({@link
     * #roundsInputs}): queries, keys, values and weights may be rounded to BF16. A query's bits
     * depend on nothing but itself and the rows it sees.
     */
    default void attendPrompts(Tensor q, AttentionShape shape, List<PagedSpan> spans, Tensor out) {
        attendPaged(q, shape, spans, out);
    }

    /**
     * Causal softmax attention in naive form over paged latents (DeepSeek-V2, section 2.1.2),
     * without keeping the keys and values of all of them: row i of the sequence gives each head a
     * key {@code [own part, shared part]} and a value, where {@code up} takes the row's first
     * {@code up.inputs()} numbers to {@code heads * (own part + value)}, and the rest of the row is
     * the shared part. q [.., heads * keyDim], out [.., heads * valueDim]; shape.kvHeads() is
     * shape.heads(). Rounds as {@link #attendPrompts}.
     *
     * @return whether it was computed; not where {@code up} is a weight whose products do not round
     *     their inputs, nor by kernels that do not have it: then the caller expands the latents
     *     itself and calls {@link #attend}
     */
    default boolean attendExpanded(
            Tensor q, Weight up, AttentionShape shape, List<LatentSpan> spans, Tensor out) {
        return false;
    }

    /**
     * Writes the rows of {@code x} to rows {@code first ...} of the sequence; the pool is F32, or
     * of the type that {@link #typeOfLatents} told.
     */
    void store(Tensor x, PagedRows target, int first);

    /** Reads rows {@code 0 .. out.rows() - 1} of the sequence, as {@link #store} wrote them. */
    void load(PagedRows source, Tensor out);

    // ---- experts

    /**
     * Chooses experts: logits [T, E] and one row of bias [1, E] (zeros where a model has none;
     * added to the scores for choosing only) give scores [T, E] (softmax or sigmoid of the logits),
     * ids I32 [T, topK] (by falling biased score; the lower id wins a tie) and weights [T, topK]
     * (scores of the chosen, normalised and scaled by the rule). Groups that are not chosen count
     * as minus infinity.
     */
    void route(
            Tensor logits, Tensor bias, RouteRule rule, Tensor scores, Tensor ids, Tensor weights);

    /**
     * Backward of {@link #route}, the choice held fixed: overwrites dLogits [T, E] from dWeights
     * [T, topK].
     */
    void routeGradients(Tensor scores, Tensor ids, Tensor dWeights, RouteRule rule, Tensor dLogits);

    /**
     * Adds to each row of y [T, D] its experts' outputs: {@code y[t] += Σ_j weights[t, j] *
     * x[slots[t * topK + j]]}, j ascending. x [T * topK, D].
     */
    void combine(Tensor x, int[] slots, Tensor weights, Tensor y);

    /**
     * Backward of {@link #combine}: overwrites dX (each slot occurs once) and dWeights [T, topK].
     */
    void combineGradients(
            Tensor x, int[] slots, Tensor weights, Tensor dy, Tensor dx, Tensor dWeights);

    // ---- losses and updates

    /**
     * Softmax cross-entropy: for each row with {@code targets[t] >= 0}, losses[t, 0] = -log
     * softmax(logits[t])[target]; 0 for the others. losses [T, 1]. {@code predictions[t]} = arg-max
     * of the row (lowest id wins).
     */
    void crossEntropy(Tensor logits, int[] targets, Tensor losses, int[] predictions);

    /**
     * What choosing a token needs of each row of logits [T, V]: {@code best[t]}, the place of the
     * largest number (the lowest wins a tie), and {@code logSumExp[t]}, the log of the sum of the
     * exponentials; that is not finite where a number of the row is not.
     */
    void logSumExp(Tensor logits, int[] best, double[] logSumExp);

    /**
     * Gradient of {@link #crossEntropy}: {@code dLogits = (softmax(logits) - onehot(target)) *
     * factors[t]}, zero where the target is negative. dLogits may be logits.
     */
    void crossEntropyGradients(Tensor logits, int[] targets, float[] factors, Tensor dLogits);

    /** Sum of squares in double, in an order that does not depend on threads. Contiguous F32. */
    double sumOfSquares(Tensor x);

    /**
     * One AdamW update of contiguous F32 tensors of one shape: parameters, gradients (read), both
     * moments.
     */
    void update(Tensor parameters, Tensor gradients, Tensor first, Tensor second, AdamW numbers);
}

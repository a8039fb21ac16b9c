package dev.cachalot.train;

import dev.cachalot.model.Linear;
import dev.cachalot.model.Mla;
import dev.cachalot.model.MlaConfig;
import dev.cachalot.model.QueryProjection;
import dev.cachalot.model.RmsNorm;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Kernels.AttentionGradients;
import dev.cachalot.tensor.Kernels.AttentionInputs;
import dev.cachalot.tensor.Kernels.HeadColumns;
import dev.cachalot.tensor.RotaryPairs;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Workspace;

/** Backward of multi-head latent attention in its naive form. */
final class MlaBackward {

    /** Adds to dX [T, D]. */
    static void run(Backward.Step step, Mla mla, Tensor dy, Tensor dx) {
        Kernels kernels = step.kernels();
        Workspace workspace = step.workspace();
        Workspace.Mark mark = workspace.mark();
        Mla.Trace trace = step.take(Mla.Trace.class);
        int rows = dy.rows();

        Tensor dAttended = workspace.zeros(rows, trace.attended().width()); // [T, H * v]
        step.gradients().linear(mla.output(), trace.attended(), dy, dAttended);
        Tensor dq = workspace.zeros(rows, trace.q().width()); // [T, H * qkHeadDim]
        Tensor dk = workspace.zeros(rows, trace.k().width());
        Tensor dv = workspace.zeros(rows, trace.v().width());
        kernels.addAttentionGradients(
                new AttentionInputs(
                        trace.q(),
                        trace.k(),
                        trace.v(),
                        mla.naiveShape(),
                        trace.spans(),
                        trace.attended(),
                        trace.logSumExp()),
                new AttentionGradients(dAttended, dq, dk, dv));
        keysAndValues(step, mla, trace, dk, dv, dx);
        rotateBack(step, mla, dq, mla.ropeColumns(), mla.config().numAttentionHeads());
        query(step, mla.query(), trace.x(), dq, dx);
        workspace.release(mark);
    }

    private static void keysAndValues(
            Backward.Step step, Mla mla, Mla.Trace trace, Tensor dk, Tensor dv, Tensor dx) {
        Kernels kernels = step.kernels();
        Workspace workspace = step.workspace();
        MlaConfig config = mla.config();
        int heads = config.numAttentionHeads();
        int rank = config.kvLoraRank();
        int rope = config.qkRopeHeadDim();
        HeadColumns keyStart = new HeadColumns(0, config.qkHeadDim());
        HeadColumns valueStart = new HeadColumns(0, config.vHeadDim());
        Tensor dUp =
                workspace.floats(dk.rows(), mla.kvUp().weight().outputs()); // [T, H * (nope + v)]
        kernels.copyHeads(dk, keyStart, dUp, mla.upKeyColumns(), heads, config.qkNopeHeadDim());
        kernels.copyHeads(dv, valueStart, dUp, mla.upValueColumns(), heads, config.vHeadDim());

        Tensor dLatent = workspace.zeros(dk.rows(), config.latentWidth()); // [T, C + R]
        kernels.addHeads(dk, mla.ropeColumns(), dLatent, new HeadColumns(rank, 0), heads, rope);
        Tensor dCompressed = dLatent.columns(0, rank);
        step.gradients().linear(mla.kvUp(), trace.latent().columns(0, rank), dUp, dCompressed);

        Tensor dDown = workspace.zeros(dk.rows(), config.latentWidth()); // [T, C + R]
        rotateBack(step, mla, dLatent.columns(rank, rope), new HeadColumns(0, 0), 1);
        kernels.copy(dLatent.columns(rank, rope), dDown.columns(rank, rope));
        Tensor compressed = trace.kvCompressed().columns(0, rank);
        step.gradients().norm(mla.kvNorm(), compressed, dCompressed, dDown.columns(0, rank));
        step.gradients().linear(mla.kvDown(), trace.x(), dDown, dx);
    }

    private static void rotateBack(
            Backward.Step step, Mla mla, Tensor x, HeadColumns columns, int heads) {
        int[] positions = step.batch().positions();
        step.kernels()
                .rotate(
                        x,
                        columns,
                        heads,
                        positions,
                        mla.rope().cos(),
                        mla.rope().sin(),
                        RotaryPairs.ADJACENT,
                        true);
    }

    private static void query(
            Backward.Step step, QueryProjection query, Tensor x, Tensor dq, Tensor dx) {
        switch (query) {
            case QueryProjection.Direct(Linear project) ->
                    step.gradients().linear(project, x, dq, dx);
            case QueryProjection.LowRank(Linear down, RmsNorm norm, Linear up) -> {
                QueryProjection.LowRankTrace trace = step.take(QueryProjection.LowRankTrace.class);
                Workspace workspace = step.workspace();
                Tensor dNormed = workspace.zeros(dq.rows(), trace.normed().width());
                step.gradients().linear(up, trace.normed(), dq, dNormed);
                Tensor dCompressed = workspace.zeros(dq.rows(), trace.normed().width());
                step.gradients().norm(norm, trace.compressed(), dNormed, dCompressed);
                step.gradients().linear(down, x, dCompressed, dx);
            }
        }
    }

    private MlaBackward() {}
}

package dev.cachalot.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.model.Moe;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import dev.cachalot.tokenizer.TrainingExample;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ExpertLoadsTest {

    /** One biased expert takes everything at first; the bias alone brings the loads together. */
    @Test
    void biasesMoveAgainstTheLoadUntilExpertsAreEven() {
        try (WorkerPool pool = new WorkerPool(1);
                Workspace memory = new Workspace();
                Workspace scratch = new Workspace()) {
            Kernels kernels = Kernels.of(Rung.VECTOR, pool);
            TinyModel model = new TinyModel(TinyModel.V3, kernels, memory, 3);
            Moe moe = (Moe) model.decoder.layers().get(1).feedForward();
            moe.routerBias().clear();
            moe.routerBias().set(0, 2, 3f);
            MicroBatch micro = randomTokens();
            ExpertLoads loads = new ExpertLoads(model.decoder);
            ExpertLoads.Spread first = count(model, micro, loads, kernels, scratch);
            assertThat(loads.spreads())
                    .hasSize(2); // one layer with experts and the next-token block
            assertThat(first.max()).isGreaterThan(2.5); // of 8 / 3 at most
            float before = moe.routerBias().get(0, 2);
            ExpertLoads.Spread last = first;
            for (int step = 0; step < 100; step++) {
                loads.balance(0.05f);
                last = count(model, micro, loads, kernels, scratch);
            }
            assertThat(moe.routerBias().get(0, 2)).isLessThan(before - 1);
            assertThat(last.max()).isLessThan(1.5);
            assertThat(last.min()).isGreaterThan(0.5);
        }
    }

    private static ExpertLoads.Spread count(
            TinyModel model,
            MicroBatch micro,
            ExpertLoads loads,
            Kernels kernels,
            Workspace scratch) {
        Workspace.Mark mark = scratch.mark();
        loads.clear();
        loads.count(Losses.forward(model.decoder, micro, true, kernels, scratch).trace());
        scratch.release(mark);
        return loads.spreads().getFirst();
    }

    private static MicroBatch randomTokens() {
        SplittableRandom random = new SplittableRandom(4);
        int[] ids = random.ints(60, 0, 29).toArray();
        boolean[] mask = new boolean[ids.length];
        Arrays.fill(mask, true);
        return MicroBatch.of(List.of(new TrainingExample(ids, mask)));
    }
}

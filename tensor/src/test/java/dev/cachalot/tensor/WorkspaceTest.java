package dev.cachalot.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.testing.Cases;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WorkspaceTest {

    @Test
    void tensorsLieApartOnCacheLines() {
        Cases.forAll(
                10,
                random -> {
                    try (Workspace workspace = new Workspace()) {
                        List<Tensor> tensors = new ArrayList<>();
                        for (int i = 0; i < 30; i++) {
                            Tensor tensor =
                                    workspace.floats(random.nextInt(5), 1 + random.nextInt(300));
                            assertThat(tensor.segment().address() % 64).isZero();
                            for (int t = 0; t < tensor.rows(); t++) {
                                float[] row = new float[tensor.width()];
                                Arrays.fill(row, i);
                                tensor.setRow(t, row);
                            }
                            tensors.add(tensor);
                        }
                        for (int i = 0; i < tensors.size(); i++) {
                            if (tensors.get(i).rows() > 0) {
                                assertThat(tensors.get(i).toFloats()).containsOnly(i);
                            }
                        }
                    }
                });
    }

    @Test
    void releasedMemoryIsGivenOutAgain() {
        try (Workspace workspace = new Workspace()) {
            workspace.floats(3, 5);
            Workspace.Mark mark = workspace.mark();
            Tensor first = workspace.floats(100, 10);
            Tensor second = workspace.ints(2, 2);
            workspace.release(mark);
            assertThat(workspace.floats(100, 10).segment().address())
                    .isEqualTo(first.segment().address());
            assertThat(workspace.ints(2, 2).segment().address())
                    .isEqualTo(second.segment().address());
        }
    }

    /** A prompt in chunks needs a little more each time; each size is over that of a chunk. */
    @Test
    void growingTensorsDoNotPileUp() {
        try (Workspace workspace = new Workspace()) {
            Tensor kept = workspace.floats(1, 4);
            kept.setRow(0, new float[] {1, 2, 3, 4});
            long largest = 0;
            for (int rows = 9_000; rows <= 16_000; rows += 500) {
                Workspace.Mark mark = workspace.mark();
                workspace.floats(rows, 1024);
                workspace.floats(rows, 1536).setRow(rows - 1, new float[1536]);
                workspace.floats(rows, 1024).setRow(rows - 1, new float[1024]);
                largest = rows * 4L * (1024 + 1536 + 1024);
                workspace.release(mark);
            }
            assertThat(workspace.heldBytes()).isLessThan(2 * largest);
            assertThat(kept.toFloats()).containsExactly(1, 2, 3, 4);
        }
    }

    @Test
    void zerosAreZeroAlsoInMemoryUsedBefore() {
        try (Workspace workspace = new Workspace()) {
            Workspace.Mark start = workspace.mark();
            workspace.floats(1, 3).setFloats(new float[] {1, 2, 3});
            workspace.release(start);
            assertThat(workspace.zeros(1, 3).toFloats()).containsOnly(0);
        }
    }

    @Test
    void theWorkspaceGrowsOverChunksAndComesBack() {
        try (Workspace workspace = new Workspace()) {
            Tensor small = workspace.floats(1, 1);
            small.set(0, 0, 7);
            Workspace.Mark mark = workspace.mark();
            List<Long> places = new ArrayList<>();
            for (int round = 0; round < 3; round++) {
                Tensor much = workspace.floats(5, 1 << 20); // 20 MiB
                Tensor more = workspace.floats(5, 1 << 20);
                Tensor huge = workspace.floats(17, 1 << 20); // larger than a chunk
                huge.set(16, (1 << 20) - 1, round);
                more.set(0, 0, round + 1);
                assertThat(huge.get(16, (1 << 20) - 1)).isEqualTo(round);
                places.add(much.segment().address());
                places.add(more.segment().address());
                places.add(huge.segment().address());
                workspace.release(mark);
            }
            assertThat(places.stream().distinct().count()).isEqualTo(3); // no growth when reused
            assertThat(small.get(0, 0)).isEqualTo(7);
        }
    }

    @Test
    void tensorsOfAClosedWorkspaceAreDead() {
        Workspace workspace = new Workspace();
        Tensor tensor = workspace.zeros(1, 1);
        workspace.close();
        assertThatThrownBy(() -> tensor.get(0, 0)).isInstanceOf(IllegalStateException.class);
    }
}

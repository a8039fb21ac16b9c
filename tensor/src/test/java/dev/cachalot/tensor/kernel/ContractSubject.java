package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.testing.Cases;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The kernels that a contract is held against, and how its cases are run. */
interface ContractSubject {
    /** Sizes around the widths of vectors and tiles. */
    List<Integer> SIZES = List.of(1, 2, 3, 7, 13, 31, 33, 64, 100);

    Kernels kernels(WorkerPool pool);

    /** One case: makes tensors, runs kernels on them, asserts. */
    @FunctionalInterface
    interface Case {
        void run(Kernels kernels, GuardedMemory memory, SplittableRandom random);
    }

    /**
     * Runs a case for many seeds, each on 1, 2 and 3 threads: the outputs must be equal to the bit,
     * and no byte beside an output may change.
     */
    default void forAll(int count, Case body) {
        List<WorkerPool> pools = new ArrayList<>();
        try {
            for (int threads = 1; threads <= 3; threads++) {
                pools.add(new WorkerPool(threads));
            }
            Cases.forAll(count, random -> onAllPools(pools, random.nextLong(), body));
        } finally {
            pools.forEach(WorkerPool::close);
        }
    }

    private void onAllPools(List<WorkerPool> pools, long seed, Case body) {
        List<byte[]> expected = List.of();
        for (WorkerPool pool : pools) {
            SplittableRandom random = new SplittableRandom(seed);
            try (GuardedMemory memory = new GuardedMemory(random)) {
                body.run(kernels(pool), memory, random);
                memory.check();
                if (pool.threads() == 1) {
                    expected = memory.outputs();
                }
                Expect.sameBytes(pool.threads() + " threads", memory.outputs(), expected);
            }
        }
    }

    /** One of {@link #SIZES}. */
    static int size(SplittableRandom random) {
        return SIZES.get(random.nextInt(SIZES.size()));
    }

    /** One of {@link #SIZES}, or 0. */
    static int rows(SplittableRandom random) {
        return random.nextInt(8) == 0 ? 0 : size(random);
    }

    /** Row numbers below {@code limit}, with repetitions. */
    static int[] indexes(SplittableRandom random, int count, int limit) {
        return random.ints(count, 0, limit).toArray();
    }

    /** The numbers 0 to count - 1 in some order. */
    static int[] permutation(SplittableRandom random, int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}

package dev.cachalot.tensor;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed pool of platform threads for kernels. The calling thread works too, so a pool of one has
 * no thread of its own. Between operations the workers spin briefly and then park. One caller at a
 * time.
 *
 * <p>Tasks must be independent: who runs which is not fixed, so that results may not depend on it.
 */
public final class WorkerPool implements AutoCloseable {
    /**
     * Spins before a worker parks: about 50 microseconds, several times the gap between two
     * operations of a layer.
     */
    private static final int SPINS = 20_000;

    /** Work that is split into numbered tasks. */
    @FunctionalInterface
    public interface Task {
        /**
         * Does task {@code index}; {@code worker} is 0 for the caller and names the thread's
         * scratch memory.
         */
        void run(int index, int worker);
    }

    /** Tasks of one call; {@code done} also counts those that a failure has called off. */
    private record Job(
            Task task,
            int count,
            AtomicInteger next,
            AtomicInteger done,
            AtomicReference<@Nullable Throwable> failure) {}

    private final Thread[] workers;
    private volatile @Nullable Job job; // written by the caller, read by the workers
    private final AtomicLong round =
            new AtomicLong(); // counts jobs; moved by the caller after job is set
    private volatile boolean closed;

    /** A pool that computes on {@code threads} threads, the caller's included. */
    public WorkerPool(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + "; at least 1 is needed");
        }
        workers = new Thread[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            int worker = i + 1;
            workers[i] =
                    Thread.ofPlatform().daemon().name("kernel-" + worker).start(() -> work(worker));
        }
    }

    /** Threads that compute, the caller's included. */
    public int threads() {
        return workers.length + 1;
    }

    /**
     * Runs tasks 0 to {@code count - 1} and returns when all are done.
     *
     * @throws RuntimeException the first exception of a task; the other tasks may or may not have
     *     run
     */
    public void run(int count, Task task) {
        if (count <= 0) {
            return;
        }
        if (workers.length == 0 || count == 1) {
            for (int i = 0; i < count; i++) {
                task.run(i, 0);
            }
            return;
        }
        Job mine =
                new Job(
                        task,
                        count,
                        new AtomicInteger(),
                        new AtomicInteger(),
                        new AtomicReference<>());
        job = mine;
        round.incrementAndGet();
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
        drain(mine, 0);
        int spins = 0;
        // wait for tasks, not for workers: one that another process keeps off its core, and that
        // has
        // taken no task, holds nobody up
        while (mine.done.get() < count) {
            if (++spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(50_000); // another process has our core: let the worker run
            }
        }
        job = null;
        Throwable thrown = mine.failure.get();
        if (thrown != null) {
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) thrown;
        }
    }

    private static void drain(Job current, int worker) {
        int finished = 0;
        try {
            for (int i = current.next.getAndIncrement();
                    i < current.count;
                    i = current.next.getAndIncrement()) {
                finished++; // also when it throws
                current.task.run(i, worker);
            }
        } catch (RuntimeException | Error thrown) {
            current.failure.compareAndSet(null, thrown);
            finished +=
                    current.count - Math.min(current.count, current.next.getAndSet(current.count));
        }
        current.done.getAndAdd(finished);
    }

    private void work(int worker) {
        long seen = 0;
        while (true) {
            int spins = 0;
            while (round.get() == seen && !closed) {
                if (++spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                }
            }
            if (closed) {
                return;
            }
            seen = round.get(); // a late worker skips rounds that others have finished
            Job current = job;
            if (current != null) {
                drain(current, worker);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
        for (Thread worker : workers) {
            try {
                worker.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}

package dev.cachalot.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs one input and says what the reader did wrong: an undeclared failure, time, or memory. */
final class Watch {
    private static final long MOST_BYTES_A_BYTE = 4096;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /**
     * @return whether the reader took the input; false when it refused it as declared
     * @throws AssertionError when it did neither, or took too long or too much memory
     */
    static boolean read(Target target, byte[] input) {
        return read(target, input, target.mostBytes());
    }

    /** As above where Jazzer watches: what it allocates for that counts, too. */
    static boolean readHooked(Target target, byte[] input) {
        return read(target, input, target.mostBytesHooked());
    }

    private static boolean read(Target target, byte[] input, long most) {
        Cost cost = Cost.of(target, input);
        if (cost.excess(target, input, most).isPresent()) {
            cost = Cost.of(target, input); // the first one may have paid for loading classes
        }
        cost.excess(target, input, most)
                .ifPresent(
                        excess -> {
                            throw new AssertionError(
                                    "%s %s for %,d bytes of input"
                                            .formatted(target.name(), excess, input.length));
                        });
        return cost.taken;
    }

    private record Cost(boolean taken, long nanos, long bytes) {
        static Cost of(Target target, byte[] input) {
            long bytes = THREADS.getCurrentThreadAllocatedBytes();
            long nanos = THREADS.getCurrentThreadCpuTime();
            boolean taken = isTaken(target, input);
            return new Cost(
                    taken,
                    THREADS.getCurrentThreadCpuTime() - nanos,
                    THREADS.getCurrentThreadAllocatedBytes() - bytes);
        }

        Optional<String> excess(Target target, byte[] input, long most) {
            if (nanos > TimeUnit.SECONDS.toNanos(target.mostSeconds())) {
                return Optional.of("took %,d ms of processor time".formatted(nanos / 1_000_000));
            }
            if (bytes > most + MOST_BYTES_A_BYTE * input.length) {
                return Optional.of("allocated %,d bytes".formatted(bytes));
            }
            return Optional.empty();
        }
    }

    private static boolean isTaken(Target target, byte[] input) {
        try {
            target.read(input);
            return true;
        } catch (Exception failure) {
            if (target.refusals().stream().noneMatch(type -> type.isInstance(failure))) {
                throw new AssertionError(target.name() + " failed in an undeclared way", failure);
            }
            refuseEmptyMessage(target, failure);
            return false;
        }
    }

    private static void refuseEmptyMessage(Target target, Exception refusal) {
        String message = refusal.getMessage();
        if (message == null || message.isBlank() || message.endsWith("null")) {
            throw new AssertionError(target.name() + " refused without a reason", refusal);
        }
    }

    private Watch() {}
}

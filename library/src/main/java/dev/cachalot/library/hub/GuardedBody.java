package dev.cachalot.library.hub;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/** An answer's body that is closed when nothing comes for too long. */
final class GuardedBody implements AutoCloseable {
    private final InputStream stream; // owned
    private final Consumer<GuardedBody> onClose;
    private volatile long lastNanos = System.nanoTime(); // of the last byte
    private volatile boolean stalled;

    GuardedBody(InputStream stream, Consumer<GuardedBody> onClose) {
        this.stream = stream;
        this.onClose = onClose;
    }

    /**
     * As {@link InputStream#read(byte[], int, int)}.
     *
     * @throws TransientException if the connection breaks or stalls
     */
    int read(byte[] into, int offset, int length) throws TransientException {
        try {
            int count = stream.read(into, offset, length);
            lastNanos = System.nanoTime();
            if (count < 0 && stalled) {
                throw new TransientException("the hub stopped sending");
            }
            return count;
        } catch (IOException broken) {
            throw new TransientException(
                    stalled
                            ? "the hub stopped sending"
                            : "the connection broke off (" + Causes.of(broken) + ")");
        }
    }

    /** Called by the guard. */
    void closeIfOlderThan(long nanos) {
        if (System.nanoTime() - lastNanos > nanos) {
            stalled = true;
            close();
        }
    }

    @Override
    public void close() {
        onClose.accept(this);
        try {
            stream.close();
        } catch (IOException alreadyBroken) {
            // nothing more is read from it
        }
    }
}

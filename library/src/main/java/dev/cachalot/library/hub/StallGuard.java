package dev.cachalot.library.hub;

import java.io.InputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** Closes bodies that nothing comes from any more: the client itself waits for ever. */
final class StallGuard implements AutoCloseable {
    private final Set<GuardedBody> open = ConcurrentHashMap.newKeySet();
    private final long limitNanos;
    private final Thread thread;
    private volatile boolean closed;

    StallGuard(Duration limit) {
        limitNanos = limit.toNanos();
        thread = Thread.ofPlatform().daemon().name("hub-stall-guard").start(this::run);
    }

    GuardedBody watch(InputStream stream) {
        GuardedBody body = new GuardedBody(stream, open::remove);
        open.add(body);
        return body;
    }

    private void run() {
        while (!closed) {
            open.forEach(body -> body.closeIfOlderThan(limitNanos));
            LockSupport.parkNanos(limitNanos / 4 + 1);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}

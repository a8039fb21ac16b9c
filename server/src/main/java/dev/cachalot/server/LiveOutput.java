package dev.cachalot.server;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The body of one response: written by its handler, and with a sign of life from a second thread
 * after each silence. One lock, so the two never mix. A client that has gone is noticed at the next
 * write, and {@code gone} is run once.
 */
final class LiveOutput implements AutoCloseable {
    private final Supplier<OutputStream> open; // commits the response's head
    private final byte[] signOfLife;
    private final long silenceNanos;
    private final Runnable gone;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closing = lock.newCondition();
    private OutputStream out = OutputStream.nullOutputStream(); // until it is started
    private boolean started;
    private boolean broken;
    private boolean closed;
    private long lastWrite = System.nanoTime();

    /**
     * @param open called at the first write
     * @param gone called at the first failed write, by the thread that wrote
     */
    LiveOutput(Supplier<OutputStream> open, byte[] signOfLife, Duration silence, Runnable gone) {
        this.open = open;
        this.signOfLife = signOfLife;
        this.silenceNanos = silence.toNanos();
        this.gone = gone;
        Thread.ofVirtual().name("sign-of-life").start(this::keepAlive);
    }

    /**
     * Writes and flushes.
     *
     * @throws UncheckedIOException when the client has gone
     */
    void write(byte[] bytes) {
        lock.lock();
        try {
            if (broken) {
                throw new UncheckedIOException(new IOException("the client has gone"));
            }
            if (!started) {
                started = true;
                out = open.get();
            }
            out.write(bytes);
            out.flush();
            lastWrite = System.nanoTime();
        } catch (IOException e) {
            fail();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) { // the HTTP server's own kinds of broken connection
            fail();
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the response's head is out, so its status can no longer change. */
    boolean started() {
        lock.lock();
        try {
            return started;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the signs of life and, where everything went well, the body. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            closing.signalAll();
            if (!broken) {
                out.close();
            }
        } catch (IOException e) {
            fail();
        } finally {
            lock.unlock();
        }
    }

    private void fail() {
        if (!broken) {
            broken = true;
            gone.run();
        }
    }

    private void keepAlive() {
        lock.lock();
        try {
            while (!closed && !broken) {
                long wait = lastWrite + silenceNanos - System.nanoTime();
                if (wait > 0) {
                    boolean _ = closing.await(wait, TimeUnit.NANOSECONDS);
                } else {
                    write(signOfLife);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException _) {
            // The client has gone; whoever wrote was told.
        } finally {
            lock.unlock();
        }
    }
}

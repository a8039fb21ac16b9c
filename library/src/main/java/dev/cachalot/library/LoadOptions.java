package dev.cachalot.library;

import dev.cachalot.engine.Speculation;
import dev.cachalot.tensor.Rung;
import java.util.OptionalInt;

/**
 * How a model is to be run.
 *
 * @param threads that compute, the engine's included
 * @param contextLength most tokens of a sequence; empty for what the model was built for, at most
 *     {@value #DEFAULT_CONTEXT}
 * @param rung which kernels run
 * @param speculation where the engine's guesses of the next tokens come from
 */
public record LoadOptions(
        int threads, OptionalInt contextLength, Rung rung, Speculation speculation) {
    static final int DEFAULT_CONTEXT = 32_768;

    public LoadOptions {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + "; at least 1 is needed");
        }
        if (contextLength.isPresent() && contextLength.getAsInt() < 1) {
            throw new IllegalArgumentException(
                    "context is " + contextLength.getAsInt() + "; at least 1 token is needed");
        }
    }

    /** With {@link Speculation#AUTO}. */
    public LoadOptions(int threads, OptionalInt contextLength, Rung rung) {
        this(threads, contextLength, rung, Speculation.AUTO);
    }

    /** The fastest kernels on every processor that the JVM sees. */
    public static LoadOptions defaults() {
        return new LoadOptions(
                Runtime.getRuntime().availableProcessors(), OptionalInt.empty(), Rung.fastest());
    }
}

package dev.cachalot.cli;

import dev.cachalot.tensor.Rung;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of every command that computes. */
final class ComputeOptions {

    /** Which kernels a user can ask for. */
    enum KernelChoice {
        AUTO,
        SCALAR,
        VECTOR,
        ASSEMBLED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads that compute (default: one a processor).")
    Optional<Integer> threads = Optional.empty();

    @Option(
            names = "--kernels",
            paramLabel = "auto|scalar|vector|assembled",
            description = "Which arithmetic runs (default: auto).")
    KernelChoice kernels = KernelChoice.AUTO;

    int threads() {
        return atLeastOne("--threads", threads.orElse(Runtime.getRuntime().availableProcessors()));
    }

    /** The rung asked for, with what it needs in the JVM. */
    Rung rung() {
        Rung rung =
                switch (kernels) {
                    case AUTO -> Rung.fastest();
                    case SCALAR -> Rung.SCALAR;
                    case VECTOR -> Rung.VECTOR;
                    case ASSEMBLED -> Rung.ASSEMBLED;
                };
        rung.unsupported()
                .ifPresent(
                        why -> {
                            throw new UserException(
                                    "--kernels="
                                            + kernels
                                            + " cannot run here: "
                                            + why
                                            + "; try --kernels=auto");
                        });
        if (rung != Rung.SCALAR) {
            VectorModule.load();
        }
        return rung;
    }

    /** A number of things that has to be positive. */
    static int atLeastOne(String option, int value) {
        if (value < 1) {
            throw new UserException(option + " is " + value + "; expected 1 or more");
        }
        return value;
    }
}

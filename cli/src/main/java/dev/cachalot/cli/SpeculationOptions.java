package dev.cachalot.cli;

import dev.cachalot.engine.Speculation;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option of every command that generates: how tokens are guessed. */
final class SpeculationOptions {
    @Option(
            names = "--speculate",
            paramLabel = "auto|off|lookup|mtp",
            description =
                    "Guess tokens ahead, for the same text in fewer passes: from the text so far"
                            + " (lookup), by the model's own block (mtp), or both (auto; the"
                            + " default, but for bench: off).")
    Optional<Speculation> speculate = Optional.empty();
}

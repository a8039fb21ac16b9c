package dev.cachalot.cli;

import dev.cachalot.engine.Speculation;
import dev.cachalot.eval.ArithmeticReport;
import dev.cachalot.eval.Evaluation;
import dev.cachalot.eval.GradedAnswer;
import dev.cachalot.library.LoadedModel;
import dev.cachalot.tasks.ArithmeticSuite;
import dev.cachalot.tasks.Language;
import dev.cachalot.tasks.Problem;
import dev.cachalot.tokenizer.Thinking;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code eval}: how many problems that no training saw a model gets right. */
@Command(
        name = "eval",
        mixinStandardHelpOptions = true,
        description = "Asks a model the problems of a suite and grades its answers.")
final class EvalCommand implements Callable<Integer> {
    private static final int PROBLEMS = 300; // of each language
    private static final long SEED = 1; // of the list of problems: the same for every model
    private static final int MAX_TOKENS = 1024;
    private static final int CONCURRENCY = 16; // the engine's sequences at once

    /** The suites there are. */
    enum Suite {
        ARITHMETIC;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Console console;

    @Parameters(
            index = "0",
            paramLabel = "SUITE",
            description = "Which problems: ${COMPLETION-CANDIDATES}.")
    Suite suite = Suite.ARITHMETIC;

    @Option(
            names = "--model",
            paramLabel = "M",
            description = "Name of a model, or path of a GGUF file or folder (default: embedded).")
    Optional<String> model = Optional.empty();

    @Option(names = "--no-think", description = "Answer directly, without thinking first.")
    boolean noThink;

    @Mixin ModelOptions options = new ModelOptions();

    @Mixin SpeculationOptions guesses = new SpeculationOptions();

    EvalCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (LoadedModel loaded = options.load(model, guesses.speculate.orElse(Speculation.AUTO))) {
            List<Problem> problems = problems();
            Thinking thinking = noThink ? Thinking.OFF : Thinking.ON;
            Evaluation evaluation =
                    new Evaluation(
                            ChatCommand.serve(loaded),
                            thinking,
                            Math.min(MAX_TOKENS, loaded.contextLength()),
                            CONCURRENCY);
            List<GradedAnswer> answers =
                    evaluation.run(problems, done -> progress(done, problems.size()));
            String way = noThink ? "directly" : "with thinking";
            ArithmeticReport report =
                    new ArithmeticReport(
                            "%s, %s, %s: held-out problems".formatted(loaded.name(), suite, way),
                            answers);
            console.out().print(report.text());
            write(report, loaded.name());
        }
        return 0;
    }

    private static List<Problem> problems() {
        List<Problem> problems = new ArrayList<>();
        for (Language language : Language.values()) {
            problems.addAll(ArithmeticSuite.problems(language, PROBLEMS, SEED));
        }
        return problems;
    }

    private void progress(int done, int all) {
        if (console.coloured()) {
            console.err().print("\r%,d of %,d ".formatted(done, all) + (done == all ? "\n" : ""));
            console.err().flush();
        }
    }

    private void write(ArithmeticReport report, String name) throws IOException {
        Path folder =
                Path.of("runs", "eval-%s-%s%s".formatted(suite, name, noThink ? "-no-think" : ""));
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("report.html"), report.html());
        Files.writeString(folder.resolve("table.txt"), report.text());
        console.err().println("page with every wrong answer: " + folder.resolve("report.html"));
    }
}

package dev.cachalot.train;

import dev.cachalot.checkpoint.AtomicFile;
import dev.cachalot.model.Decoder;
import dev.cachalot.model.DecoderBuilder;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.tasks.Split;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import dev.cachalot.tokenizer.BytePairTokenizer;
import dev.cachalot.tokenizer.ChatTemplate;
import dev.cachalot.tokenizer.DeepSeekV31Template;
import dev.cachalot.tokenizer.TokenizerJson;
import dev.cachalot.tokenizer.TokenizerSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One run in progress. Owns its memory and its threads; used by one thread. */
final class Run implements AutoCloseable {
    private static final double REPORT_SECONDS = 30;

    private final Recipe recipe;
    private final RunDirectory directory;
    private final Trainer trainer;
    private final ProgressLine progress;
    private final WorkerPool pool; // owned
    private final Workspace memory = new Workspace(); // owned: parameters, gradients, moments
    private final Workspace scratch = new Workspace(); // owned: one micro-batch at a time
    private final Kernels kernels;
    private final Optional<TokenizerSpec> tokenizer;
    private final ModelConfig config;
    private final Parameters parameters;
    private final Decoder decoder;
    private final TrainStep trainStep;
    private final StateFiles stateFiles;
    private final Packer packer;
    private final Optional<HeldOut> heldOut;
    private final List<StepRecord> steps;
    private final Map<Long, Double> replay = new HashMap<>(); // progress of steps lost with a kill
    private TrainingState state;
    private double lastCheckpoint; // seconds of the run
    private double lastReport;
    private boolean logBehind; // whether steps are missing in the log

    static Run prepare(Recipe recipe, RunDirectory directory, Trainer trainer) throws IOException {
        ProgressLine progress = new ProgressLine(trainer.out(), trainer.overwrite());
        Optional<TokenizerSpec> tokenizer =
                switch (recipe.data().source()) {
                    case PROBLEMS -> Optional.of(tokenizer(recipe, directory, progress));
                    case RANDOM -> Optional.empty();
                };
        Run run = new Run(recipe, directory, trainer, progress, tokenizer);
        try {
            run.restore();
            return run;
        } catch (Throwable failure) {
            run.close();
            throw failure;
        }
    }

    private static TokenizerSpec tokenizer(
            Recipe recipe, RunDirectory directory, ProgressLine progress) throws IOException {
        if (Files.exists(directory.tokenizer())) {
            return TokenizerJson.read(directory.tokenizer());
        }
        progress.say(
                "learning a vocabulary of up to " + recipe.tokenizer().vocabSize() + " tokens");
        TokenizerSpec spec = TokenizerBuilding.build(recipe);
        directory.writeTokenizer(spec);
        return spec;
    }

    private Run(
            Recipe recipe,
            RunDirectory directory,
            Trainer trainer,
            ProgressLine progress,
            Optional<TokenizerSpec> tokenizer)
            throws IOException {
        this.recipe = recipe;
        this.directory = directory;
        this.trainer = trainer;
        this.progress = progress;
        this.tokenizer = tokenizer;
        config =
                recipe.model()
                        .config(
                                tokenizer
                                        .map(spec -> spec.tokens().size())
                                        .orElse(recipe.tokenizer().vocabSize()));
        pool = new WorkerPool(trainer.threads());
        kernels = recipe.precision().kernels(trainer.rung(), pool);
        parameters = new Parameters(config, memory);
        recipe.initialization().fill(parameters, config, recipe.seed());
        decoder =
                DecoderBuilder.build(
                        config, parameters, kernels, memory, config.maxPositionEmbeddings(), false);
        Optimizer optimizer = new Optimizer(parameters, recipe.optimizer(), memory);
        trainStep =
                new TrainStep(decoder, parameters, optimizer, recipe.optimizer(), kernels, memory);
        stateFiles =
                new StateFiles(
                        directory.checkpoints(), RecipeReader.hash(recipe), parameters, optimizer);
        packer = new Packer(examples(), recipe.batch(), config.maxPositionEmbeddings());
        heldOut =
                recipe.report().evalEvery() > 0 && recipe.report().evalExamples() > 0
                        ? template().map(form -> new HeldOut(recipe, form))
                        : Optional.empty();
        steps = new ArrayList<>();
        state = TrainingState.START;
    }

    private Optional<ChatTemplate> template() {
        return tokenizer.map(spec -> new DeepSeekV31Template(new BytePairTokenizer(spec)));
    }

    private ExampleSource examples() {
        return template()
                .<ExampleSource>map(
                        form ->
                                new ProblemExamples(
                                        recipe.data(), Split.TRAIN, recipe.seed(), form))
                .orElseGet(
                        () ->
                                new RandomExamples(
                                        config.vocabSize(),
                                        recipe.data().sequenceLength(),
                                        recipe.seed()));
    }

    /** Takes up the last checkpoint; steps logged after it are run again, at the same rates. */
    private void restore() throws IOException {
        Optional<TrainingState> found = stateFiles.load(kernels, progress::say);
        List<StepRecord> logged = directory.readLog();
        if (found.isPresent()) {
            state = found.get();
            decoder.refresh(kernels);
            progress.say("continuing after step " + state.step());
        }
        for (StepRecord step : logged) {
            if (step.step() <= state.step()) {
                steps.add(step);
            } else {
                replay.put(step.step(), step.progress());
            }
        }
        directory.writeLog(steps);
        lastCheckpoint = state.seconds();
        lastReport = state.seconds();
    }

    /** Trains until the recipe's end, or until asked to stop. */
    Trainer.Outcome toTheEnd() throws IOException {
        long first = System.nanoTime();
        double before = state.seconds();
        boolean stopped = false;
        while (!stopped && !isOver()) {
            step(first, before);
            boolean due =
                    state.step() % Math.max(1, recipe.report().checkpointEvery()) == 0
                            && recipe.report().checkpointEvery() > 0;
            double minutes = recipe.report().checkpointMinutes();
            due |= minutes > 0 && state.seconds() - lastCheckpoint >= 60 * minutes;
            stopped = trainer.stop().getAsBoolean();
            if (due || stopped || isOver()) {
                checkpoint();
            }
            if (state.seconds() - lastReport >= REPORT_SECONDS) {
                report();
            }
        }
        report();
        return outcome(stopped && !isOver());
    }

    /**
     * Steps that the log shows to have run before a kill are run again even if their time is over.
     */
    private boolean isOver() {
        return state.step() >= recipe.schedule().steps()
                || (recipe.schedule().progress(1, state.seconds()) >= 1
                        && !replay.containsKey(state.step() + 1));
    }

    private void step(long first, double before) throws IOException {
        long number = state.step() + 1;
        double done =
                replay.getOrDefault(number, recipe.schedule().progress(number, state.seconds()));
        double learningRate = recipe.schedule().learningRate(number, done);
        long start = System.nanoTime();
        Packer.Step work = packer.next(state.cursor());
        TrainStep.Result result;
        try {
            result = trainStep.run(work.microBatches(), number, learningRate, scratch);
        } catch (DivergedException diverged) {
            report();
            throw diverged;
        }
        double stepSeconds = (System.nanoTime() - start) / 1e9;
        HeldOut.Result look = null;
        if (heldOut.isPresent() && isLookDue(number, before + (System.nanoTime() - first) / 1e9)) {
            look = heldOut.get().evaluate(decoder, kernels, scratch);
        }
        double seconds = before + (System.nanoTime() - first) / 1e9;
        state = new TrainingState(number, work.cursor(), state.tokens() + work.rows(), seconds);
        StepRecord record = record(result, work, done, learningRate, stepSeconds, look);
        steps.add(record);
        log(record);
        progress.show(record, recipe.schedule().steps(), secondsLeft());
    }

    /**
     * A full disk costs no step: what is missing in the log is written when there is room again.
     */
    private void log(StepRecord record) {
        try {
            if (logBehind) {
                directory.writeLog(steps);
                progress.say("the log is whole again");
            } else {
                directory.append(record);
            }
            logBehind = false;
        } catch (IOException failed) {
            if (!logBehind) {
                progress.say(
                        "warning: the log could not be written ("
                                + failed.getMessage()
                                + "); training goes on; make room on the disk");
            }
            logBehind = true;
        }
    }

    /** Every so many steps, and after the last one, whether steps or time end the run. */
    private boolean isLookDue(long step, double seconds) {
        return step % recipe.report().evalEvery() == 0
                || recipe.schedule().progress(step + 1, seconds) >= 1;
    }

    private StepRecord record(
            TrainStep.Result result,
            Packer.Step work,
            double done,
            double learningRate,
            double stepSeconds,
            HeldOut.@Nullable Result look) {
        return new StepRecord(
                state.step(),
                done,
                state.tokens(),
                work.skipped(),
                result.loss(),
                result.nextTokenLoss(),
                result.accuracy(),
                learningRate,
                result.gradientNorm(),
                work.rows() / stepSeconds,
                state.seconds(),
                result.expertLoads(),
                look);
    }

    private double secondsLeft() {
        double bySteps =
                state.seconds() / state.step() * (recipe.schedule().steps() - state.step());
        double minutes = recipe.schedule().maxMinutes();
        return minutes == 0 ? bySteps : Math.min(bySteps, 60 * minutes - state.seconds());
    }

    private void checkpoint() {
        try {
            stateFiles.save(state);
        } catch (IOException failed) { // the run is worth more than one checkpoint
            progress.say(
                    "warning: the checkpoint of step "
                            + state.step()
                            + " could not be written ("
                            + failed.getMessage()
                            + "); the last good one stays and training goes on; make room on the disk");
        }
        lastCheckpoint = state.seconds();
    }

    private void report() {
        try {
            AtomicFile.writeString(directory.report(), Report.html(recipe, config, steps));
        } catch (IOException failed) {
            progress.say(
                    "warning: the page of the run could not be written ("
                            + failed.getMessage()
                            + "); training goes on; make room on the disk");
        }
        lastReport = state.seconds();
    }

    private Trainer.Outcome outcome(boolean stopped) throws IOException {
        Optional<Path> model = Optional.empty();
        if (!stopped && tokenizer.isPresent()) {
            GgufExport.write(
                    directory.model(),
                    recipe.name(),
                    config,
                    parameters,
                    tokenizer.get(),
                    recipe.export().type().dtype());
            model = Optional.of(directory.model());
        }
        return new Trainer.Outcome(
                !stopped,
                state.step(),
                state.tokens(),
                steps.isEmpty() ? Double.NaN : steps.getLast().loss(),
                state.seconds() == 0 ? 0 : state.tokens() / state.seconds(),
                directory.report(),
                model);
    }

    @Override
    public void close() {
        pool.close();
        scratch.close();
        memory.close();
    }
}

package dev.cachalot.cli;

import dev.cachalot.cli.BenchReport.Generate;
import dev.cachalot.cli.BenchReport.Guesses;
import dev.cachalot.cli.BenchReport.Prompt;
import dev.cachalot.cli.BenchReport.Skipped;
import dev.cachalot.engine.Engine;
import dev.cachalot.engine.EngineStats;
import dev.cachalot.library.LoadedModel;
import dev.cachalot.library.plan.SpeedRun;
import dev.cachalot.library.plan.SpeedRun.Context;
import dev.cachalot.library.plan.SpeedRun.Load;
import dev.cachalot.tensor.Ceilings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Measures what {@link BenchReport} holds: one setting at first, then contexts, then batches. */
final class BenchRun {
    private static final int[] BATCHES = {2, 4, 8}; // besides one sequence
    private static final int[] CONTEXTS = {4096, 16384}; // besides none
    private static final double MOST_SECONDS = 130; // to the end of reading a context

    private final long started = System.nanoTime();
    private final LoadedModel model;
    private final WorkOfModel work;
    private final Engine engine;
    private final int vocab;
    private final int promptTokens;
    private final int generated;
    private final List<Prompt> byLength = new ArrayList<>();
    private final List<Prompt> promptByContext = new ArrayList<>();
    private final List<Prompt> promptByBatch = new ArrayList<>();
    private final List<Generate> byContext = new ArrayList<>();
    private final List<Generate> byBatch = new ArrayList<>();
    private final List<Skipped> skipped = new ArrayList<>();

    private BenchRun(LoadedModel model, int promptTokens, int generated) {
        this.model = model;
        this.work = WorkOfModel.of(model.decoder(), model.kernels());
        this.engine = model.engine();
        this.vocab = model.config().vocabSize();
        this.promptTokens = promptTokens;
        this.generated = generated;
    }

    /** Takes about three minutes with a model of billions of parameters. */
    static BenchReport measure(
            LoadedModel model, Ceilings ceilings, int threads, int promptTokens, int generated) {
        BenchRun run = new BenchRun(model, promptTokens, generated);
        SpeedRun one = SpeedRun.settled(run.engine, run.vocab, promptTokens, generated);
        Load alone = new Load(1, promptTokens, generated);
        Prompt prompt = run.prompt(one, alone);
        Generate generate = run.generate(one, alone);
        run.contexts(prompt, generate);
        run.batches(prompt, generate);
        EngineStats stats = run.engine.stats();
        Guesses guesses =
                new Guesses(
                        model.speculation().toString(),
                        stats.steps(),
                        stats.drafted(),
                        stats.accepted());
        return new BenchReport(
                guesses.drafted() > 0 ? ceilings : run.raised(ceilings),
                model.kernels().rung().name().toLowerCase(Locale.ROOT),
                threads,
                run.work.isQuantised(),
                prompt,
                generate,
                run.byLength,
                run.promptByContext,
                run.promptByBatch,
                run.byContext,
                run.byBatch,
                run.skipped,
                guesses);
    }

    /** Bytes of one sequence are known exactly when every token is a pass of its own. */
    private Ceilings raised(Ceilings ceilings) {
        double most = byContext.stream().mapToDouble(Generate::gbS).max().orElse(0);
        return ceilings.orSeen(most, "this model's generation");
    }

    private void batches(Prompt prompt, Generate generate) {
        promptByBatch.add(prompt);
        byBatch.add(generate);
        for (int batch : BATCHES) {
            Load load = new Load(batch, promptTokens, generated);
            if (fits("batch of " + batch, load)) {
                SpeedRun run = SpeedRun.measure(engine, vocab, load, true);
                promptByBatch.add(prompt(run, load));
                byBatch.add(generate(run, load));
            }
        }
    }

    private void contexts(Prompt prompt, Generate generate) {
        byLength.add(prompt);
        promptByContext.add(prompt);
        byContext.add(generate);
        double macsPerS =
                work.macsWithAttention(0, promptTokens) * prompt.tokensPerS() / promptTokens;
        Context known = Context.NONE;
        for (int tokens : CONTEXTS) {
            String setting = "context of %,d".formatted(tokens);
            int from = known.ids().length;
            double seconds = work.macsWithAttention(from, tokens) / macsPerS;
            if (!fits(setting, (long) tokens + promptTokens + generated)) {
                continue;
            }
            double passed = (System.nanoTime() - started) / 1e9;
            if (passed + seconds > MOST_SECONDS) {
                skipped.add(
                        new Skipped(
                                setting,
                                "after %,.0f s of measuring, reading it would take %,.0f more"
                                        .formatted(passed, seconds)));
                continue;
            }
            double before = known.seconds();
            known = SpeedRun.readContext(engine, vocab, known, tokens);
            macsPerS = work.macsWithAttention(from, tokens) / (known.seconds() - before);
            byLength.add(
                    new Prompt(
                            1,
                            0,
                            tokens,
                            tokens / known.seconds(),
                            work.promptMacs(1, tokens) / known.seconds() / 1e9));
            Load load = new Load(1, known, promptTokens, generated);
            SpeedRun run = SpeedRun.measure(engine, vocab, load, false);
            promptByContext.add(prompt(run, load));
            byContext.add(generate(run, load));
        }
    }

    private boolean fits(String setting, Load load) {
        return fits(setting, load.longest());
    }

    private boolean fits(String setting, long tokens) {
        if (tokens <= model.contextLength()) {
            return true;
        }
        int longest = model.config().maxPositionEmbeddings();
        String hint =
                tokens <= longest
                        ? "it was loaded for %,d: try --context %d"
                                .formatted(model.contextLength(), tokens)
                        : "the model's context holds %,d".formatted(longest);
        skipped.add(new Skipped(setting, "it takes %,d tokens; %s".formatted(tokens, hint)));
        return false;
    }

    private Prompt prompt(SpeedRun run, Load load) {
        return new Prompt(
                load.batch(),
                load.before().ids().length,
                load.prompt(),
                load.batch() * load.prompt() / run.promptSeconds(),
                work.promptMacs(load.batch(), load.prompt()) / run.promptSeconds() / 1e9);
    }

    private Generate generate(SpeedRun run, Load load) {
        int context = load.before().ids().length;
        double cached = context + load.prompt() + load.generate() / 2.0;
        double stepsPerS = run.tokensPerS() / load.batch();
        return new Generate(
                load.batch(),
                context,
                load.generate(),
                run.tokensPerS(),
                stepsPerS * work.stepBytes(load.batch(), cached) / 1e9);
    }
}

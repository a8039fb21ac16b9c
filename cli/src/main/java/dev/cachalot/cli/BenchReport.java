package dev.cachalot.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cachalot.engine.Engine;
import dev.cachalot.engine.EngineStats;
import dev.cachalot.library.LoadedModel;
import dev.cachalot.library.plan.SpeedRun;
import dev.cachalot.tensor.Ceilings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What {@code bench} found out, as a table or as the JSON object that documents rely on. */
record BenchReport(
        Ceilings ceilings,
        String kernels,
        int threads,
        Prompt prompt,
        Generate generate,
        List<Prompt> promptByContext,
        List<Generate> generateByContext,
        List<Generate> generateByBatch,
        Guesses guesses) {
    private static final int[] BATCHES = {1, 2, 4, 8};
    private static final int[] CONTEXTS = {64, 256, 1024};

    /** Reading a prompt. */
    record Prompt(int tokens, double tokensPerS, double gmacS) {}

    /** Generating after a prompt; of a batch, all sequences together. */
    record Generate(int batch, int context, int tokens, double tokensPerS, double gbS) {}

    /**
     * Where guesses came from, and what they saved: a right one takes the place of a sequence's
     * forward.
     */
    record Guesses(String source, long forwards, long drafted, long accepted) {}

    static BenchReport measure(
            LoadedModel model,
            Ceilings ceilings,
            String kernels,
            int threads,
            int prompt,
            int generate) {
        Engine engine = model.engine();
        WorkOfModel work = WorkOfModel.of(model.decoder());
        int vocab = model.config().vocabSize();
        SpeedRun main = SpeedRun.settled(engine, vocab, prompt, generate);
        List<Prompt> prompts = new ArrayList<>();
        List<Generate> byContext = new ArrayList<>();
        for (int context : CONTEXTS) {
            if (context + generate <= model.contextLength()) {
                SpeedRun run = SpeedRun.measure(engine, vocab, 1, context, generate, false);
                prompts.add(prompt(run, work, context));
                byContext.add(generate(run, work, 1, context, generate));
            }
        }
        List<Generate> byBatch = new ArrayList<>();
        for (int batch : BATCHES) {
            SpeedRun run = SpeedRun.measure(engine, vocab, batch, prompt, generate, batch > 1);
            byBatch.add(generate(run, work, batch, prompt, generate));
        }
        return new BenchReport(
                ceilings,
                kernels,
                threads,
                prompt(main, work, prompt),
                generate(main, work, 1, prompt, generate),
                prompts,
                byContext,
                byBatch,
                guesses(model));
    }

    private static Guesses guesses(LoadedModel model) {
        EngineStats stats = model.engine().stats();
        return new Guesses(
                model.speculation().toString(), stats.steps(), stats.drafted(), stats.accepted());
    }

    private static Prompt prompt(SpeedRun run, WorkOfModel work, int tokens) {
        return new Prompt(
                tokens,
                tokens / run.promptSeconds(),
                work.promptMacs(tokens) / run.promptSeconds() / 1e9);
    }

    private static Generate generate(
            SpeedRun run, WorkOfModel work, int batch, int context, int tokens) {
        double perS = (double) batch * (tokens - 1) / run.generateSeconds();
        double bytes = work.generateBytes(context + tokens / 2);
        return new Generate(batch, context, tokens, perS, perS * bytes / 1e9);
    }

    String toJson() throws IOException {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.putObject("ceilings")
                .put("read_gb_s", ceilings.readGbS())
                .put("fp32_gmac_s", ceilings.fp32GmacS())
                .put("int8_gmac_s", ceilings.int8GmacS());
        root.put("kernels", kernels);
        root.put("threads", threads);
        fill(root.putObject("prompt"), prompt);
        fill(root.putObject("generate"), generate);
        ArrayNode prompts = root.putArray("prompt_by_context");
        promptByContext.forEach(each -> fill(prompts.addObject(), each));
        ArrayNode contexts = root.putArray("generate_by_context");
        generateByContext.forEach(
                each -> fill(contexts.addObject().put("context", each.context()), each));
        ArrayNode batches = root.putArray("generate_by_batch");
        generateByBatch.forEach(each -> fill(batches.addObject().put("batch", each.batch()), each));
        root.putObject("speculation")
                .put("source", guesses.source())
                .put("forwards", guesses.forwards())
                .put("drafted", guesses.drafted())
                .put("accepted", guesses.accepted());
        ObjectNode memory = root.putObject("memory");
        ProcessMemory.now().forEach(memory::put);
        return new ObjectMapper().writeValueAsString(root);
    }

    private void fill(ObjectNode node, Prompt each) {
        node.put("tokens", each.tokens())
                .put("tokens_per_s", each.tokensPerS())
                .put("gmac_s", each.gmacS())
                .put("share_of_fp32", each.gmacS() / ceilings.fp32GmacS());
    }

    private void fill(ObjectNode node, Generate each) {
        node.put("tokens", each.tokens())
                .put("tokens_per_s", each.tokensPerS())
                .put("gb_s", each.gbS())
                .put("share_of_read", each.gbS() / ceilings.readGbS());
    }

    String toTable() {
        StringBuilder table = new StringBuilder();
        table.append(
                "machine on %d threads: reads %.1f GB/s, FP32 %.1f Gmac/s, int8 %.1f Gmac/s%n"
                        .formatted(
                                threads,
                                ceilings.readGbS(),
                                ceilings.fp32GmacS(),
                                ceilings.int8GmacS()));
        table.append("%-24s %12s %12s  share%n".formatted(kernels + " kernels", "tokens/s", ""));
        table.append(row("prompt of " + prompt.tokens(), prompt));
        for (Prompt each : promptByContext) {
            table.append(row("prompt of " + each.tokens(), each));
        }
        table.append(row("generate " + generate.tokens(), generate));
        for (Generate each : generateByContext) {
            table.append(row("generate after " + each.context(), each));
        }
        for (Generate each : generateByBatch) {
            table.append(row("generate, batch of " + each.batch(), each));
        }
        if (guesses.drafted() > 0) {
            table.append(
                    "guesses (%s): %,d of %,d right, in %,d forwards%n"
                            .formatted(
                                    guesses.source(),
                                    guesses.accepted(),
                                    guesses.drafted(),
                                    guesses.forwards()));
        }
        return table.toString().stripTrailing();
    }

    private String row(String name, Prompt each) {
        return "%-24s %,12.0f %,7.1f Gmac/s  %3.0f %% of FP32%n"
                .formatted(
                        name,
                        each.tokensPerS(),
                        each.gmacS(),
                        100 * each.gmacS() / ceilings.fp32GmacS());
    }

    private String row(String name, Generate each) {
        return "%-24s %,12.0f %,7.2f GB/s    %3.0f %% of read%n"
                .formatted(
                        name, each.tokensPerS(), each.gbS(), 100 * each.gbS() / ceilings.readGbS());
    }
}

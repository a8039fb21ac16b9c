package dev.cachalot.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cachalot.cli.BenchReport.Generate;
import dev.cachalot.cli.BenchReport.Guesses;
import dev.cachalot.cli.BenchReport.Prompt;
import dev.cachalot.cli.BenchReport.Skipped;
import dev.cachalot.tensor.Ceilings;
import java.io.IOException;
import java.util.List;

/** Writes a {@link BenchReport} as a table, or as the JSON object that documents rely on. */
record BenchPrinter(BenchReport report) {

    String json() throws IOException {
        Ceilings ceilings = report.ceilings();
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ObjectNode most =
                root.putObject("ceilings")
                        .put("read_gb_s", ceilings.readGbS())
                        .put("read_by", ceilings.readBy())
                        .put("fp32_gmac_s", ceilings.fp32GmacS())
                        .put("int8_gmac_s", ceilings.int8GmacS());
        ceilings.bf16GmacS().ifPresent(each -> most.put("bf16_gmac_s", each));
        root.put("kernels", report.kernels());
        root.put("threads", report.threads());
        fill(root.putObject("prompt"), report.prompt());
        fill(root.putObject("generate"), report.generate());
        prompts(root.putArray("prompt_by_length"), report.promptByLength());
        prompts(root.putArray("prompt_by_context"), report.promptByContext());
        prompts(root.putArray("prompt_by_batch"), report.promptByBatch());
        generates(root.putArray("generate_by_context"), report.generateByContext());
        generates(root.putArray("generate_by_batch"), report.generateByBatch());
        ArrayNode skipped = root.putArray("skipped");
        for (Skipped each : report.skipped()) {
            skipped.addObject().put("setting", each.setting()).put("why", each.why());
        }
        Guesses guesses = report.guesses();
        root.putObject("speculation")
                .put("source", guesses.source())
                .put("forwards", guesses.forwards())
                .put("drafted", guesses.drafted())
                .put("accepted", guesses.accepted());
        ObjectNode memory = root.putObject("memory");
        ProcessMemory.now().forEach(memory::put);
        return new ObjectMapper().writeValueAsString(root);
    }

    private void prompts(ArrayNode list, List<Prompt> prompts) {
        for (Prompt each : prompts) {
            ObjectNode node = list.addObject();
            node.put("batch", each.batch()).put("context", each.context());
            fill(node, each);
        }
    }

    private void generates(ArrayNode list, List<Generate> generates) {
        for (Generate each : generates) {
            ObjectNode node = list.addObject();
            node.put("batch", each.batch()).put("context", each.context());
            fill(node, each);
        }
    }

    private void fill(ObjectNode node, Prompt each) {
        node.put("tokens", each.tokens())
                .put("tokens_per_s", each.tokensPerS())
                .put("gmac_s", each.gmacS())
                .put("share_of_fp32", report.shareOfFp32(each));
        if (report.isQuantised()) {
            node.put("share_of_int8", report.shareOfInt8(each));
        }
    }

    private void fill(ObjectNode node, Generate each) {
        node.put("tokens", each.tokens())
                .put("tokens_per_s", each.tokensPerS())
                .put("gb_s", each.gbS())
                .put("share_of_read", report.shareOfRead(each));
    }

    String table() {
        Ceilings ceilings = report.ceilings();
        StringBuilder table = new StringBuilder();
        table.append(
                "machine on %d threads: reads %.1f GB/s (%s)%n"
                        .formatted(report.threads(), ceilings.readGbS(), ceilings.readBy()));
        table.append(
                "multiplies FP32 %.1f Gmac/s, int8 %.1f Gmac/s"
                        .formatted(ceilings.fp32GmacS(), ceilings.int8GmacS()));
        ceilings.bf16GmacS().ifPresent(each -> table.append(", BF16 %.1f Gmac/s".formatted(each)));
        table.append(
                "%n%-36s %10s %14s  share%n"
                        .formatted(report.kernels() + " kernels", "tokens/s", ""));
        report.promptByLength().forEach(each -> table.append(row(each)));
        rest(report.promptByContext()).forEach(each -> table.append(row(each)));
        rest(report.promptByBatch()).forEach(each -> table.append(row(each)));
        report.generateByContext().forEach(each -> table.append(row(each)));
        rest(report.generateByBatch()).forEach(each -> table.append(row(each)));
        for (Skipped each : report.skipped()) {
            table.append("not run: %s (%s)%n".formatted(each.setting(), each.why()));
        }
        Guesses guesses = report.guesses();
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

    /** A list without its first entry, which another list begins with as well. */
    private static <T> List<T> rest(List<T> list) {
        return list.subList(1, list.size());
    }

    private String row(Prompt each) {
        String name = "prompt of %,d".formatted(each.tokens());
        String int8 =
                report.isQuantised()
                        ? ", %.0f %% of int8".formatted(100 * report.shareOfInt8(each))
                        : "";
        return "%-36s %,10.0f %,7.1f Gmac/s  %3.0f %% of FP32%s%n"
                .formatted(
                        name + setting(each.batch(), each.context()),
                        each.tokensPerS(),
                        each.gmacS(),
                        100 * report.shareOfFp32(each),
                        int8);
    }

    private String row(Generate each) {
        String name = "generate %,d".formatted(each.tokens());
        return "%-36s %,10.1f %,7.2f GB/s    %3.0f %% of read%n"
                .formatted(
                        name + setting(each.batch(), each.context()),
                        each.tokensPerS(),
                        each.gbS(),
                        100 * report.shareOfRead(each));
    }

    private static String setting(int batch, int context) {
        String after = context > 0 ? " after %,d".formatted(context) : "";
        return after + (batch > 1 ? ", batch of " + batch : "");
    }
}

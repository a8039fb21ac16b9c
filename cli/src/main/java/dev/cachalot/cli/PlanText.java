package dev.cachalot.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cachalot.library.hub.Sizes;
import dev.cachalot.library.plan.MemoryPlan;
import dev.cachalot.library.plan.ModelPlan;
import dev.cachalot.library.plan.SpeedPlan;
import java.io.IOException;
import java.util.Locale;

/** A plan for people, and as JSON. */
final class PlanText {

    static String text(ModelPlan plan) {
        MemoryPlan memory = plan.memory();
        SpeedPlan speed = plan.speed();
        StringBuilder text = new StringBuilder();
        text.append(
                "%s: %s, %s parameters, %s a token%n"
                        .formatted(
                                plan.path(),
                                plan.config().architecture(),
                                number(plan.work().parameters()),
                                number(plan.work().active())));
        text.append(
                "memory for %,d user%s of %,d tokens:%n"
                        .formatted(plan.users(), plan.users() == 1 ? "" : "s", plan.context()));
        row(text, "weights, as in the file", memory.weights());
        row(text, "weights, laid out", memory.repacked());
        row(text, "cache, earlier prompts' too", memory.cache());
        row(text, "workspace", memory.workspace());
        row(text, "program", memory.program());
        row(text, "together", memory.total());
        row(text, "this machine", plan.machineBytes());
        text.append(
                plan.fits()
                        ? "it fits%n".formatted()
                        : "it does not fit: weights would be read from the disk over and over; try a smaller type, a shorter --context or fewer --users%n"
                                .formatted());
        if (plan.users() > plan.together()) {
            text.append(
                    "of these users %,d at a time have room for all their tokens, the others wait%n"
                            .formatted(plan.together()));
        }
        text.append(
                "speed, measured on %d of %d layers:%n"
                        .formatted(speed.layersRun(), plan.config().numHiddenLayers()));
        rate(text, "reading a prompt of " + speed.prompt(), speed.promptTokensPerS());
        rate(text, "generating after it", speed.generateTokensPerS());
        if (plan.users() > 1) {
            rate(text, "generating, all users", speed.togetherTokensPerS());
        }
        return text.toString().stripTrailing();
    }

    private static void row(StringBuilder text, String name, long bytes) {
        text.append("  %-30s %9s%n".formatted(name, Sizes.shown(bytes)));
    }

    private static void rate(StringBuilder text, String name, double perS) {
        text.append(
                perS >= 100
                        ? "  %-30s %,9.0f tokens/s%n".formatted(name, perS)
                        : "  %-30s %9.1f tokens/s%n".formatted(name, perS));
    }

    /** Such as 15.7 B, for billions. */
    static String number(long count) {
        return count >= 999_500_000
                ? String.format(Locale.ROOT, "%.1f B", count / 1e9)
                : count >= 999_500
                        ? String.format(Locale.ROOT, "%.1f M", count / 1e6)
                        : String.format(Locale.ROOT, "%,d", count);
    }

    static String json(ModelPlan plan) throws IOException {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("path", plan.path().toString());
        root.put("architecture", plan.config().architecture());
        root.put("parameters", plan.work().parameters());
        root.put("active_parameters", plan.work().active());
        root.put("context", plan.context());
        root.put("users", plan.users());
        MemoryPlan memory = plan.memory();
        root.putObject("memory")
                .put("weights", memory.weights())
                .put("repacked", memory.repacked())
                .put("cache", memory.cache())
                .put("workspace", memory.workspace())
                .put("program", memory.program())
                .put("total", memory.total())
                .put("machine", plan.machineBytes())
                .put("fits", plan.fits());
        SpeedPlan speed = plan.speed();
        root.putObject("speed")
                .put("prompt", speed.prompt())
                .put("prompt_tokens_per_s", speed.promptTokensPerS())
                .put("generate_tokens_per_s", speed.generateTokensPerS())
                .put("together_tokens_per_s", speed.togetherTokensPerS())
                .put("layers_run", speed.layersRun());
        return new ObjectMapper().writeValueAsString(root);
    }

    private PlanText() {}
}

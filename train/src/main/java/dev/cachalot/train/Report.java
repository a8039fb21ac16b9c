package dev.cachalot.train;

import dev.cachalot.model.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The page of a run: what it was, its curves, its recipe. One file, no script, nothing fetched. */
final class Report {
    private static final String STYLE =
            """
            :root{color-scheme:light dark;--paper:#fbfaf8;--card:#fff;--ink:#1d2733;--soft:#667485;--rule:#e3e1dc;
            --c0:#1f6f8b;--c1:#d9822b;--c2:#5a8f3c;--c3:#a4508b}
            @media (prefers-color-scheme:dark){:root{--paper:#12171d;--card:#1a2129;--ink:#e6e9ec;--soft:#93a1b0;
            --rule:#2b343e;--c0:#5cc0dd;--c1:#f0a45c;--c2:#93cc73;--c3:#dd8fc6}}
            body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
            main{max-width:1220px;margin:0 auto;padding:28px 20px 60px}
            h1{font-size:26px;margin:0 0 2px} .unit,h1+p{color:var(--soft);margin-top:0}
            dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:10px;margin:20px 0}
            dl div{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:10px 14px}
            dt{color:var(--soft);font-size:13px} dd{margin:0;font-size:19px;font-variant-numeric:tabular-nums}
            .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(440px,100%),1fr));gap:14px}
            figure{margin:0;background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:12px 14px}
            figcaption{margin-bottom:6px} .key{margin-left:10px;font-size:13px;white-space:nowrap}
            .key::before{content:'';display:inline-block;width:14px;height:3px;border-radius:2px;margin-right:5px;
            vertical-align:middle;background:currentColor}
            svg{width:100%;height:auto;display:block} svg text{fill:var(--soft);font-size:11px}
            .left{text-anchor:end} .below{text-anchor:middle} .grid{stroke:var(--rule)}
            .line{fill:none;stroke:currentColor;stroke-width:1.6;stroke-linejoin:round} .dot{fill:currentColor}
            .s0{color:var(--c0)} .s1{color:var(--c1)} .s2{color:var(--c2)} .s3{color:var(--c3)}
            details{margin-top:22px} summary{cursor:pointer;color:var(--soft)}
            pre{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:14px;overflow:auto}
            """;

    /** The page after the steps so far. */
    static String html(Recipe recipe, ModelConfig config, List<StepRecord> steps) {
        StringBuilder page = new StringBuilder();
        String name = Chart.escape(recipe.name());
        page.append("<!doctype html>\n<html lang=en><head><meta charset=utf-8>")
                .append("<meta name=viewport content='width=device-width,initial-scale=1'>")
                .append("<title>Training run of ")
                .append(name)
                .append("</title>\n<style>\n")
                .append(STYLE)
                .append("</style></head><body><main>\n<h1>")
                .append(name)
                .append("</h1>\n<p>A training run of Cachalot</p>\n<dl>");
        facts(page, recipe, config, steps);
        page.append("</dl>\n<div class=charts>\n");
        charts(config, steps).forEach(chart -> page.append(chart.svg()));
        page.append("</div>\n<details><summary>The recipe, defaults included</summary><pre>")
                .append(Chart.escape(RecipeReader.write(recipe)))
                .append("</pre></details>\n</main></body></html>\n");
        return page.toString();
    }

    private static void facts(
            StringBuilder page, Recipe recipe, ModelConfig config, List<StepRecord> steps) {
        fact(page, "parameters", millions(ParameterShapes.of(config).count()));
        fact(page, "active a token", millions(ParameterShapes.activeCount(config)));
        if (steps.isEmpty()) {
            return;
        }
        StepRecord last = steps.getLast();
        fact(page, "steps", number("%,d", last.step()));
        fact(page, "tokens", millions(last.tokens()));
        fact(page, "time", ProgressLine.duration(last.seconds()));
        fact(page, "tokens/s", number("%,.0f", last.tokens() / last.seconds()));
        fact(page, "last loss", number("%.4f", last.loss()));
        steps.reversed().stream()
                .map(StepRecord::heldOut)
                .flatMap(Stream::ofNullable)
                .findFirst()
                .ifPresent(
                        held -> {
                            fact(page, "exact, thinking", percent(held.thinkingExact()));
                            fact(page, "exact, direct", percent(held.directExact()));
                        });
        fact(page, "seed", Long.toString(recipe.seed()));
    }

    private static void fact(StringBuilder page, String name, String value) {
        page.append("<div><dt>")
                .append(name)
                .append("</dt><dd>")
                .append(value)
                .append("</dd></div>");
    }

    private static String number(String pattern, Object value) {
        return String.format(Locale.ROOT, pattern, value);
    }

    private static String millions(long count) {
        return String.format(Locale.ROOT, count < 1_000_000 ? "%.3f M" : "%.1f M", count / 1e6);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static List<Chart> charts(ModelConfig config, List<StepRecord> steps) {
        List<StepRecord> looks = steps.stream().filter(step -> step.heldOut() != null).toList();
        List<Chart.Line> losses = new ArrayList<>();
        losses.add(line("training", steps, StepRecord::loss));
        losses.add(line("held out, thinking", looks, s -> held(s).thinkingLoss()));
        losses.add(line("held out, direct", looks, s -> held(s).directLoss()));
        if (config.numNextnPredictLayers() > 0) {
            losses.add(line("token after next", steps, StepRecord::nextTokenLoss));
        }
        List<Chart> charts = new ArrayList<>();
        charts.add(new Chart("Loss", "nats a token, by step", losses, 0, 0));
        charts.add(
                new Chart(
                        "Accuracy",
                        "share, by step",
                        List.of(
                                line("tokens right, training", steps, StepRecord::accuracy),
                                line(
                                        "replies exact, thinking",
                                        looks,
                                        s -> held(s).thinkingExact()),
                                line("replies exact, direct", looks, s -> held(s).directExact())),
                        0,
                        1));
        charts.add(
                new Chart(
                        "Speed",
                        "tokens/s, by step",
                        List.of(line("training", steps, StepRecord::tokensPerSecond)),
                        0,
                        0));
        if (config.moe().isPresent()) {
            charts.add(
                    new Chart(
                            "Expert load",
                            "multiples of the mean, by step",
                            List.of(
                                    line("fullest of any layer", steps, Report::fullest),
                                    line("emptiest of any layer", steps, Report::emptiest)),
                            0,
                            2));
        }
        charts.add(
                new Chart(
                        "Learning rate",
                        "by step",
                        List.of(line("rate", steps, StepRecord::learningRate)),
                        0,
                        0));
        charts.add(
                new Chart(
                        "Gradient",
                        "length before clipping, by step",
                        List.of(line("norm", steps, StepRecord::gradientNorm)),
                        0,
                        0));
        return charts;
    }

    private static double fullest(StepRecord step) {
        return step.expertLoads().stream()
                .mapToDouble(ExpertLoads.Spread::max)
                .max()
                .orElse(Double.NaN);
    }

    private static double emptiest(StepRecord step) {
        return step.expertLoads().stream()
                .mapToDouble(ExpertLoads.Spread::min)
                .min()
                .orElse(Double.NaN);
    }

    private static HeldOut.Result held(StepRecord step) {
        return Objects.requireNonNull(step.heldOut(), "only steps that took a look are asked");
    }

    private static Chart.Line line(
            String name, List<StepRecord> steps, ToDoubleFunction<StepRecord> number) {
        return new Chart.Line(
                name,
                steps.stream()
                        .map(step -> new double[] {step.step(), number.applyAsDouble(step)})
                        .toList());
    }

    private Report() {}
}

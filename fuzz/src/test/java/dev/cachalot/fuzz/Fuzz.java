package dev.cachalot.fuzz;

import dev.cachalot.testing.Repository;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code bin/fuzz TARGET MINUTES} starts: Jazzer in a process of its own on one target, from
 * the target's seeds and what earlier runs reached. Ends with one line for the log.
 */
public final class Fuzz {
    private static final Path MODULE = Repository.root().resolve("fuzz");
    private static final Path RESOURCES = MODULE.resolve("src/test/resources");
    private static final int HANG_SECONDS = 30; // by the clock; Watch measures the thread's time
    private static final String SSRF =
            "com.code_intelligence.jazzer.sanitizers.ServerSideRequestForgery";
    private static final String HEAP = "-Xmx768m";

    /** The folder of inputs that once were findings. */
    static Path findings(Target target) {
        return RESOURCES.resolve("findings").resolve(target.name());
    }

    /** The folder of inputs that reach what the seeds do not. */
    static Path corpus(Target target) {
        return RESOURCES.resolve("corpus").resolve(target.name());
    }

    /** Arguments: a target's name, and minutes. */
    public static void main(String[] args) throws Exception {
        Target target =
                Targets.find(args.length == 0 ? "" : args[0])
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "no such target; bin/fuzz lists them"));
        double minutes = args.length < 2 ? 10 : Double.parseDouble(args[1]);
        System.exit(run(target, Math.max(1, (int) Math.round(minutes * 60))));
    }

    private static int run(Target target, int seconds) throws Exception {
        Path grown = Files.createDirectories(MODULE.resolve("target/corpus/" + target.name()));
        Path seeds = Files.createDirectories(MODULE.resolve("target/seeds/" + target.name()));
        for (Map.Entry<String, byte[]> seed : target.seeds().entrySet()) {
            Files.write(seeds.resolve(seed.getKey()), seed.getValue());
        }
        Path dictionary = MODULE.resolve("target/seeds/" + target.name() + ".dict");
        Files.write(dictionary, dictionary(target), StandardCharsets.US_ASCII);
        List<String> command = new ArrayList<>(jazzer(target));
        if (target.connects()) {
            command.add("--disabled_hooks=" + SSRF);
        }
        command.add("-max_total_time=" + seconds);
        command.add("-timeout=" + HANG_SECONDS);
        command.add("-rss_limit_mb=3000");
        command.add("-max_len=65536");
        command.add("-print_final_stats=1");
        if (!target.words().isEmpty()) {
            command.add("-dict=" + dictionary);
        }
        command.add("-artifact_prefix=" + Files.createDirectories(findings(target)) + "/");
        command.add(grown.toString());
        command.add(seeds.toString());
        command.add(Files.createDirectories(corpus(target)).toString());
        return follow(target, command);
    }

    private static List<String> jazzer(Target target) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-Xss1m",
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+EnableDynamicAgentLoading",
                "-classpath",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + Entry.class.getName(),
                "--target_args=" + target.name(),
                "--instrumentation_includes=dev.cachalot.**",
                "--instrumentation_excludes=dev.cachalot.fuzz.**",
                "--reproducer_path=" + MODULE.resolve("target"));
    }

    /** Passes Jazzer's words on, and sums up those that count. */
    private static int follow(Target target, List<String> command) throws Exception {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Map<String, String> last = new LinkedHashMap<>();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            String line;
            while ((line = lines.readLine()) != null) {
                System.out.println(line);
                remember(line, last);
            }
        }
        int code = process.waitFor();
        System.out.printf(
                "fuzz %s: %.1f minutes, %s executions, %s edges, %s features, corpus %s, %s%n",
                target.name(),
                (System.nanoTime() - start) / 60e9,
                last.getOrDefault("executions", "?"),
                last.getOrDefault("cov", "?"),
                last.getOrDefault("ft", "?"),
                last.getOrDefault("corp", "?"),
                code == 0 ? "no finding" : "ENDED WITH " + code);
        return code;
    }

    private static void remember(String line, Map<String, String> last) {
        Matcher status =
                Pattern.compile("^#(\\d+)\\s.*cov: (\\d+) ft: (\\d+) corp: (\\S+)").matcher(line);
        if (status.find()) {
            last.put("executions", status.group(1));
            last.put("cov", status.group(2));
            last.put("ft", status.group(3));
            last.put("corp", status.group(4));
        }
    }

    private static List<String> dictionary(Target target) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String word : target.words()) {
            StringBuilder line = new StringBuilder("\"");
            for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
                boolean plain = b > ' ' && b < 127 && b != '"' && b != '\\';
                line.append(plain ? String.valueOf((char) b) : "\\x%02X".formatted(b));
            }
            lines.add(line.append('"').toString());
        }
        return lines;
    }

    private Fuzz() {}
}

package dev.cachalot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The command line is relied on by documents and measurements: it changes on purpose only. */
class FrozenFlagsTest {
    private static final String RUNS = "--context --kernels --threads";
    private static final String GENERATES = RUNS + " --speculate";

    @Test
    void commandsAndFlagsAreThoseOfTheDocuments() {
        Map<String, String> expected = new TreeMap<>();
        expected.put(
                "chat", "PROMPT --effort --model --no-think --seed --temperature " + GENERATES);
        expected.put("serve", "--model --port " + GENERATES);
        expected.put("pull", "NAME");
        expected.put("list", "");
        expected.put("rm", "NAME");
        expected.put("plan", "FILE --context --json --kernels --threads --users");
        expected.put("inspect", "FILE --json");
        expected.put("convert", "IN OUT --repack --type");
        expected.put("tokenize", "--decode --model");
        expected.put("logits", "--model --out --tokens " + RUNS);
        expected.put("bench", "--generate --json --model --prompt " + GENERATES);
        expected.put("train", "RECIPE --kernels --threads");
        expected.put("eval", "SUITE --model --no-think " + GENERATES);
        assertThat(found()).isEqualTo(sorted(expected));
    }

    private static Map<String, String> found() {
        Console console =
                new Console(
                        InputStream.nullInputStream(),
                        new PrintStream(PrintStream.nullOutputStream()),
                        new PrintStream(PrintStream.nullOutputStream()),
                        false,
                        false);
        Map<String, String> found = new TreeMap<>();
        for (Map.Entry<String, CommandLine> each :
                Cachalot.commandLine(console).getSubcommands().entrySet()) {
            CommandSpec spec = each.getValue().getCommandSpec();
            Stream<String> positional =
                    spec.positionalParameters().stream().map(CommandLine.Model.ArgSpec::paramLabel);
            Stream<String> options =
                    spec.options().stream()
                            .map(CommandLine.Model.OptionSpec::longestName)
                            .filter(name -> !name.equals("--help") && !name.equals("--version"));
            found.put(
                    each.getKey(),
                    String.join(" ", Stream.concat(positional, options).sorted().toList()));
        }
        return found;
    }

    private static Map<String, String> sorted(Map<String, String> flags) {
        flags.replaceAll(
                (_, line) -> String.join(" ", Stream.of(line.split(" ")).sorted().toList()));
        return flags;
    }
}

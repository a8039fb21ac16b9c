package dev.cachalot.cli;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;

/** The command itself: its subcommands, and what becomes of their errors. */
@Command(
        name = "cachalot",
        description = "Trains, runs, serves and chats with reasoning models, on this machine only.",
        version = "cachalot 0.1.0",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class Cachalot {

    private static final Map<String, Function<Console, Object>> COMMANDS = commands();

    private static Map<String, Function<Console, Object>> commands() {
        Map<String, Function<Console, Object>> commands = new LinkedHashMap<>();
        commands.put("chat", ChatCommand::new);
        commands.put("serve", ServeCommand::new);
        commands.put("pull", PullCommand::new);
        commands.put("list", ListCommand::new);
        commands.put("rm", RemoveCommand::new);
        commands.put("plan", PlanCommand::new);
        commands.put("inspect", InspectCommand::new);
        commands.put("convert", ConvertCommand::new);
        commands.put("tokenize", TokenizeCommand::new);
        commands.put("logits", LogitsCommand::new);
        commands.put("bench", BenchCommand::new);
        commands.put("train", TrainCommand::new);
        commands.put("eval", EvalCommand::new);
        return commands;
    }

    /** Runs one command; returns its exit code. */
    static int run(Console console, String... args) {
        // The others are left out where one is named: looking through them slows a start.
        boolean named = args.length > 0 && COMMANDS.containsKey(args[0]);
        Set<String> needed = named ? Set.of(args[0]) : COMMANDS.keySet();
        return commandLine(console, needed).execute(args);
    }

    /** The whole command line, to be executed or looked at. */
    static CommandLine commandLine(Console console) {
        return commandLine(console, COMMANDS.keySet());
    }

    private static CommandLine commandLine(Console console, Set<String> needed) {
        CommandLine line = new CommandLine(new Cachalot());
        COMMANDS.forEach(
                (name, command) -> {
                    if (needed.contains(name)) {
                        line.addSubcommand(name, command.apply(console));
                    }
                });
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setColorScheme(
                CommandLine.Help.defaultColorScheme(console.coloured() ? Ansi.ON : Ansi.OFF));
        Charset charset = console.out().charset();
        line.setOut(new PrintWriter(console.out(), true, charset));
        line.setErr(new PrintWriter(console.err(), true, charset));
        line.setParameterExceptionHandler(
                (failure, _) -> Failures.ofArguments(console.err(), failure));
        line.setExecutionExceptionHandler(
                (failure, _, _) -> Failures.ofRunning(console.err(), failure));
        line.setExecutionStrategy(
                parsed -> {
                    if (parsed.subcommand() == null
                            && !parsed.isUsageHelpRequested()
                            && !parsed.isVersionHelpRequested()) {
                        line.usage(line.getOut());
                        return Failures.USER;
                    }
                    return new CommandLine.RunLast().execute(parsed);
                });
        return line;
    }

    private Cachalot() {}
}

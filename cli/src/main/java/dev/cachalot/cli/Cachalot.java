package dev.cachalot.cli;

import java.io.PrintWriter;
import java.nio.charset.Charset;
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

    /** Runs one command; returns its exit code. */
    static int run(Console console, String... args) {
        return commandLine(console).execute(args);
    }

    /** The whole command line, to be executed or looked at. */
    static CommandLine commandLine(Console console) {
        CommandLine line = new CommandLine(new Cachalot());
        line.addSubcommand("chat", new ChatCommand(console));
        line.addSubcommand("serve", new ServeCommand(console));
        line.addSubcommand("pull", new PullCommand(console));
        line.addSubcommand("list", new ListCommand(console));
        line.addSubcommand("rm", new RemoveCommand(console));
        line.addSubcommand("plan", new PlanCommand(console));
        line.addSubcommand("inspect", new InspectCommand(console));
        line.addSubcommand("convert", new ConvertCommand(console));
        line.addSubcommand("tokenize", new TokenizeCommand(console));
        line.addSubcommand("logits", new LogitsCommand(console));
        line.addSubcommand("bench", new BenchCommand(console));
        line.addSubcommand("train", new TrainCommand(console));
        line.addSubcommand("eval", new EvalCommand(console));
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

package dev.cachalot.cli;

import dev.cachalot.chat.ChatDelta;
import dev.cachalot.chat.ChatOutcome;
import dev.cachalot.chat.ChatStream;
import dev.cachalot.tokenizer.Message;
import java.util.Optional;

/** Shows an answer while it is written: the thinking dim, then the answer, then its speed. */
final class AnswerPrinter {
    private final Console console;
    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder answer = new StringBuilder();

    AnswerPrinter(Console console) {
        this.console = console;
    }

    /**
     * Prints to the end and closes the stream.
     *
     * @return what was said, or nothing if it was cancelled before the answer began
     */
    Optional<Message> print(ChatStream stream) {
        try (stream) {
            for (ChatDelta delta : stream) {
                switch (delta) {
                    case ChatDelta.Reasoning(String text) -> think(text);
                    case ChatDelta.Answer(String text) -> say(text);
                    case ChatDelta.ToolCallBegin _, ChatDelta.ToolCallArguments _ -> {
                        // no tool is on offer
                    }
                }
            }
            finish(stream.outcome());
        }
        if (answer.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                reasoning.isEmpty()
                        ? Message.assistant(answer.toString())
                        : Message.assistant(reasoning.toString(), answer.toString()));
    }

    private void think(String text) {
        String shown = reasoning.isEmpty() ? text.stripLeading() : text;
        reasoning.append(shown);
        write(console.dim(Console.harmless(shown)));
    }

    private void say(String text) {
        String shown = answer.isEmpty() ? text.stripLeading() : text;
        if (shown.isEmpty()) {
            return;
        }
        if (answer.isEmpty() && !reasoning.isEmpty()) {
            write(endsLine(reasoning) ? "\n" : "\n\n");
        }
        answer.append(shown);
        write(Console.harmless(shown));
    }

    private void finish(ChatOutcome outcome) {
        StringBuilder last = answer.isEmpty() ? reasoning : answer;
        if (!last.isEmpty() && !endsLine(last)) {
            write("\n");
        }
        String cut =
                switch (outcome.reason()) {
                    case STOP, TOOL_CALLS -> "";
                    case LENGTH -> "cut at the longest answer allowed; ";
                    case CANCELLED -> "stopped; ";
                };
        String speed =
                "%s%,d tokens (%,d thinking) at %,.0f tokens/s, the first after %.2f s"
                        .formatted(
                                cut,
                                outcome.usage().completionTokens(),
                                outcome.usage().reasoningTokens(),
                                outcome.tokensPerSecond(),
                                outcome.timeToFirstToken().toNanos() / 1e9);
        console.err().println(console.dim(speed));
        console.err().flush();
    }

    private void write(String text) {
        console.out().print(text);
        console.out().flush();
    }

    private static boolean endsLine(StringBuilder text) {
        return text.charAt(text.length() - 1) == '\n';
    }
}

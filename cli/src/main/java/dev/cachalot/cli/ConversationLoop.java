package dev.cachalot.cli;

import dev.cachalot.chat.ChatOptions;
import dev.cachalot.chat.ChatService;
import dev.cachalot.chat.ChatStream;
import dev.cachalot.engine.ContextOverflowException;
import dev.cachalot.tokenizer.Conversation;
import dev.cachalot.tokenizer.Message;
import java.io.IOException;
import java.util.Optional;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** Question after question at a terminal. Ctrl-C stops an answer, Ctrl-D leaves. */
final class ConversationLoop {
    private final Console console;
    private final ChatService service;
    private final ChatOptions options;

    ConversationLoop(Console console, ChatService service, ChatOptions options) {
        this.console = console;
        this.service = service;
        this.options = options;
    }

    void run() throws IOException {
        try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
            LineReader reader = LineReaderBuilder.builder().terminal(terminal).build();
            console.out()
                    .println(
                            console.dim(
                                    service.modelName()
                                            + ": ask. Ctrl-C stops an answer, Ctrl-D leaves."));
            Conversation conversation = Conversation.of();
            while (true) {
                String question;
                try {
                    question = reader.readLine("> ").strip();
                } catch (UserInterruptException stopped) {
                    continue; // Ctrl-C at the prompt clears the line
                } catch (EndOfFileException over) {
                    return;
                }
                if (!question.isEmpty()) {
                    conversation =
                            answer(terminal, conversation.plus(Message.user(question)))
                                    .orElse(conversation);
                }
            }
        }
    }

    /** The conversation with the answer; nothing if there was none to keep. */
    private Optional<Conversation> answer(Terminal terminal, Conversation asked) {
        try {
            ChatStream stream = service.open(asked, options);
            Terminal.SignalHandler before =
                    terminal.handle(Terminal.Signal.INT, _ -> stream.close());
            try {
                return new AnswerPrinter(console).print(stream).map(asked::plus);
            } finally {
                terminal.handle(Terminal.Signal.INT, before);
            }
        } catch (ContextOverflowException tooLong) {
            console.err().println("cachalot: " + tooLong.getMessage());
            return Optional.empty();
        }
    }
}

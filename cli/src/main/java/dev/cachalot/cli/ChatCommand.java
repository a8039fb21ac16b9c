package dev.cachalot.cli;

import dev.cachalot.chat.ChatOptions;
import dev.cachalot.chat.ChatService;
import dev.cachalot.engine.SamplingParameters;
import dev.cachalot.engine.Speculation;
import dev.cachalot.library.LoadedModel;
import dev.cachalot.tokenizer.Conversation;
import dev.cachalot.tokenizer.Message;
import dev.cachalot.tokenizer.Thinking;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code chat}: one answer to a prompt, or a conversation. */
@Command(
        name = "chat",
        mixinStandardHelpOptions = true,
        description = "Answers a question, or holds a conversation when none is given.")
final class ChatCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PROMPT",
            description = "The question; without one, standard input or a conversation.")
    Optional<String> prompt = Optional.empty();

    @Option(
            names = "--model",
            paramLabel = "M",
            description = "Name of a model, or path of a GGUF file or folder (default: embedded).")
    Optional<String> model = Optional.empty();

    @Option(names = "--no-think", description = "Answer directly, without thinking first.")
    boolean noThink;

    @Option(
            names = "--effort",
            paramLabel = "low|high|max",
            description = "How long it may think and answer: 1024 tokens, 8192, or the context.")
    Optional<Effort> effort = Optional.empty();

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "0 takes the most probable token; higher varies more (default: 0).")
    float temperature;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "The same seed gives the same answer.")
    Optional<Long> seed = Optional.empty();

    @Mixin ModelOptions options = new ModelOptions();

    @Mixin SpeculationOptions guesses = new SpeculationOptions();

    /** How much a model may say before it has to come to an end. */
    enum Effort {
        LOW(1024),
        HIGH(8192),
        MAX(Integer.MAX_VALUE);

        private final int maxTokens;

        Effort(int maxTokens) {
            this.maxTokens = maxTokens;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    ChatCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        ChatOptions chat = chatOptions();
        boolean converse = prompt.isEmpty() && console.interactive();
        String question = converse ? "" : question();
        try (LoadedModel loaded = options.load(model, guesses.speculate.orElse(Speculation.AUTO))) {
            ChatService service = serve(loaded);
            if (effort.isPresent() && !service.canThink()) {
                console.err()
                        .println(
                                "cachalot: "
                                        + loaded.name()
                                        + " does not think; --effort changes nothing");
            }
            if (converse) {
                console.out().println(console.dim(loaded.kernels().rung().reason()));
                new ConversationLoop(console, service, chat).run();
            } else {
                Conversation conversation = Conversation.of(Message.user(question));
                new AnswerPrinter(console).print(service.open(conversation, chat));
            }
        }
        return 0;
    }

    /** The chat of a loaded model. */
    static ChatService serve(LoadedModel loaded) throws IOException {
        return new ChatService(
                loaded.engine()::submit,
                loaded.tokenizer(),
                loaded.chatTemplate(),
                loaded.name(),
                loaded.thinks());
    }

    private ChatOptions chatOptions() {
        if (!(temperature >= 0 && temperature <= Float.MAX_VALUE)) {
            throw new UserException(
                    "--temperature is " + temperature + "; expected 0 (no chance) or more");
        }
        SamplingParameters sampling =
                new SamplingParameters(
                        temperature,
                        1,
                        0,
                        0,
                        1,
                        seed.isPresent() ? OptionalLong.of(seed.get()) : OptionalLong.empty());
        return new ChatOptions(
                noThink ? Thinking.OFF : Thinking.ON,
                effort.orElse(Effort.HIGH).maxTokens,
                sampling,
                List.of());
    }

    private String question() throws IOException {
        String text =
                prompt.isPresent() ? prompt.get() : StandardInput.utf8(console.in().readAllBytes());
        if (text.isBlank()) {
            throw new UserException(
                    "the prompt is empty; expected a question, such as ./cachalot chat \"What is 47"
                            + " + 85?\"");
        }
        return text.strip();
    }
}

package dev.cachalot.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.engine.GenerationRequest;
import dev.cachalot.engine.OverloadedException;
import dev.cachalot.engine.Refusals;
import dev.cachalot.engine.SamplingParameters;
import dev.cachalot.engine.StoppedException;
import dev.cachalot.testing.Cases;
import dev.cachalot.tokenizer.Conversation;
import dev.cachalot.tokenizer.DeepSeekV31Template;
import dev.cachalot.tokenizer.InvalidConversationException;
import dev.cachalot.tokenizer.Message;
import dev.cachalot.tokenizer.Thinking;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChatServiceTest {
    private static final Conversation QUESTION = Conversation.of(Message.user("2 + 2?"));
    private static final ByteTokenizer TOKENIZER = new ByteTokenizer();

    private static ChatService service(Generator generator, boolean canThink) {
        return new ChatService(
                generator, TOKENIZER, new DeepSeekV31Template(TOKENIZER), "fake", canThink);
    }

    private static ChatOptions options(Thinking thinking, int maxTokens, String... stop) {
        return new ChatOptions(thinking, maxTokens, SamplingParameters.greedy(), List.of(stop));
    }

    private static final ChatOptions THINK = options(Thinking.ON, 1000);

    @Test
    void thinkingAndAnswerComeApart() {
        ScriptedGenerator generator = ScriptedGenerator.saying("two and two</think>4");
        try (ChatStream stream = service(generator, true).open(QUESTION, THINK)) {
            assertThat(Said.of(stream)).isEqualTo(new Said("two and two", "4"));
            ChatOutcome outcome = stream.outcome();
            assertThat(outcome.reason()).isEqualTo(ChatFinishReason.STOP);
            int prompt = generator.requests.getFirst().prompt().length;
            assertThat(outcome.usage())
                    .isEqualTo(new ChatUsage(prompt, ScriptedGenerator.CACHED, 13, 12));
            assertThat(outcome.usage().totalTokens()).isEqualTo(prompt + 13);
            assertThat(outcome.timeToFirstToken()).isPositive();
            assertThat(outcome.thinkingTime()).isPositive();
            assertThat(outcome.tokensPerSecond()).isPositive();
        }
    }

    @Test
    void spelledOutEndMarkCountsToo() {
        int[] ids = TOKENIZER.encodePlain("hm</think>4");
        ChatService chat = service(new ScriptedGenerator(_ -> ids), true);
        try (ChatStream stream = chat.open(QUESTION, THINK)) {
            assertThat(Said.of(stream)).isEqualTo(new Said("hm", "4"));
        }
    }

    @Test
    void modelThatCannotThinkIsNotAskedTo() {
        ScriptedGenerator generator = ScriptedGenerator.saying("4");
        try (ChatStream stream = service(generator, false).open(QUESTION, THINK)) {
            assertThat(Said.of(stream)).isEqualTo(new Said("", "4"));
            assertThat(stream.outcome().usage().reasoningTokens()).isZero();
            assertThat(stream.outcome().thinkingTime()).isZero();
        }
        int[] prompt = generator.requests.getFirst().prompt();
        assertThat(prompt[prompt.length - 1]).isEqualTo(ByteTokenizer.END_THINK);
    }

    @Test
    void stopTextEndsTheAnswerAndTheGenerationButNotTheThinking() throws InterruptedException {
        ScriptedGenerator generator = ScriptedGenerator.saying("a. b.</think>One. Two.");
        ChatOptions stop = options(Thinking.ON, 1000, ". ");
        try (ChatStream stream = service(generator, true).open(QUESTION, stop)) {
            assertThat(Said.of(stream)).isEqualTo(new Said("a. b.", "One"));
            assertThat(stream.outcome().reason()).isEqualTo(ChatFinishReason.STOP);
            assertThat(stream.outcome().stopText()).contains(". ");
            assertThat(stream.outcome().usage().completionTokens()).isEqualTo(11);
            assertThat(stream.outcome().usage().cachedTokens()).isEqualTo(ScriptedGenerator.CACHED);
        }
        assertThat(generator.cancelled.getCount()).isZero();
    }

    @Test
    void lengthEndsTheAnswer() {
        ChatService chat = service(ScriptedGenerator.saying("thinking too long"), true);
        try (ChatStream stream = chat.open(QUESTION, options(Thinking.ON, 8))) {
            assertThat(Said.of(stream)).isEqualTo(new Said("thinking", ""));
            assertThat(stream.outcome().reason()).isEqualTo(ChatFinishReason.LENGTH);
        }
    }

    @Test
    void leavingTheStreamCancels() {
        ScriptedGenerator generator = ScriptedGenerator.saying("a long answer");
        try (ChatStream stream = service(generator, false).open(QUESTION, THINK)) {
            assertThat(stream.iterator().next()).isEqualTo(new ChatDelta.Answer("a"));
            assertThatThrownBy(stream::outcome).isInstanceOf(IllegalStateException.class);
        }
        assertThat(generator.cancelled.getCount()).isZero();
    }

    @Test
    void closingAFinishedStreamCancelsNothing() {
        ScriptedGenerator generator = ScriptedGenerator.saying("4");
        try (ChatStream stream = service(generator, false).open(QUESTION, THINK)) {
            Said.of(stream);
        }
        assertThat(generator.cancelled.getCount()).isOne();
    }

    @Test
    void refusalAndBreakReachTheCaller() {
        ChatService full = service(ScriptedGenerator.refusing(Refusals::overloaded), true);
        assertThatThrownBy(() -> full.open(QUESTION, THINK))
                .isInstanceOf(OverloadedException.class);
        ChatService broken = service(ScriptedGenerator.saying("abc").failingAfter(2), true);
        try (ChatStream stream = broken.open(QUESTION, THINK)) {
            assertThatThrownBy(() -> Said.of(stream)).isInstanceOf(StoppedException.class);
        }
    }

    @Test
    void nothingToAnswerIsRefused() {
        ChatService chat = service(ScriptedGenerator.saying("4"), true);
        assertThatThrownBy(() -> chat.open(Conversation.of(), THINK))
                .isInstanceOf(InvalidConversationException.class);
    }

    @Test
    void controlTokensAreNotShownAndEndTheirText() {
        ChatService chat = service(new ScriptedGenerator(ChatServiceTest::withPad), false);
        try (ChatStream stream = chat.open(QUESTION, THINK)) {
            assertThat(Said.of(stream).answer()).isEqualTo("ab");
        }
    }

    private static int[] withPad(GenerationRequest request) {
        return TOKENIZER.encode("a<\uFF5C\u2581pad\u2581\uFF5C>b<\uFF5CUser\uFF5C>c");
    }

    @Test
    void noPieceEndsWithinACharacterAndAllPiecesAreTheText() {
        List<String> words = List.of("\u6c34", "\ud83d\udc33", "\u00f1", "a", " ", "e\u0301", "<");
        Cases.forAll(
                300,
                random -> {
                    String reasoning = "r" + Cuts.mix(words, 20, random);
                    String answer = "r" + Cuts.mix(words, 20, random);
                    String text = reasoning + "</think>" + answer;
                    ChatService chat = service(ScriptedGenerator.saying(text), true);
                    try (ChatStream stream = chat.open(QUESTION, THINK)) {
                        StringBuilder thought = new StringBuilder();
                        StringBuilder said = new StringBuilder();
                        for (ChatDelta delta : stream) {
                            assertThat(delta.text()).isNotEmpty().doesNotContain("\uFFFD");
                            assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(delta.text()))
                                    .isTrue();
                            (delta instanceof ChatDelta.Reasoning ? thought : said)
                                    .append(delta.text());
                        }
                        assertThat(thought).hasToString(reasoning);
                        assertThat(said).hasToString(answer);
                    }
                });
    }
}

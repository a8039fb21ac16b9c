package dev.cachalot.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.engine.SamplingParameters;
import dev.cachalot.tokenizer.Conversation;
import dev.cachalot.tokenizer.DeepSeekV31Template;
import dev.cachalot.tokenizer.Message;
import dev.cachalot.tokenizer.Thinking;
import dev.cachalot.tokenizer.Tokenizer;
import dev.cachalot.tokenizer.ToolCall;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tool calls on their way through the service. */
class ToolCallStreamTest {
    private static final Tokenizer TOKENIZER = new ByteTokenizer(DeepSeekCalls.MARKS);
    private static final Conversation PLAIN = Conversation.of(Message.user("Rome?"));
    private static final Conversation QUESTION =
            PLAIN.with(Parsed.tool("weather"), Parsed.tool("now"));
    private static final String CALLS =
            "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>weather<｜tool▁sep｜>{\"city\": \"水\"}<｜tool▁call▁end｜>"
                    + "<｜tool▁call▁begin｜>now<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>";

    private static ChatStream open(
            Tokenizer tokenizer,
            int[] answer,
            Conversation conversation,
            int maxTokens,
            String... stop) {
        ChatService service =
                new ChatService(
                        new ScriptedGenerator(_ -> answer),
                        tokenizer,
                        new DeepSeekV31Template(tokenizer),
                        "fake",
                        true);
        return service.open(
                conversation,
                new ChatOptions(
                        Thinking.ON, maxTokens, SamplingParameters.greedy(), List.of(stop)));
    }

    private static ChatStream open(int[] answer, Conversation conversation, int maxTokens) {
        return open(TOKENIZER, answer, conversation, maxTokens);
    }

    private static ChatStream open(Tokenizer tokenizer, String answer, Conversation conversation) {
        return open(tokenizer, tokenizer.encode(answer), conversation, 10_000);
    }

    private static ChatStream open(String answer, Conversation conversation, String... stop) {
        return open(TOKENIZER, TOKENIZER.encode(answer), conversation, 10_000, stop);
    }

    private static List<ChatDelta> deltas(ChatStream stream) {
        List<ChatDelta> deltas = new ArrayList<>();
        stream.forEach(deltas::add);
        return deltas;
    }

    @Test
    void reasoningThenContentThenCalls() {
        try (ChatStream stream = open("hm</think>\n\nWait." + CALLS, QUESTION)) {
            assertThat(Said.of(stream))
                    .isEqualTo(
                            new Said(
                                    "hm",
                                    "Wait.",
                                    List.of(
                                            ToolCall.of("weather", "{\"city\": \"水\"}"),
                                            ToolCall.of("now", "{}"))));
            ChatOutcome outcome = stream.outcome();
            assertThat(outcome.reason()).isEqualTo(ChatFinishReason.TOOL_CALLS);
            assertThat(outcome.toolCalls())
                    .extracting(ToolCall::name)
                    .containsExactly("weather", "now");
        }
    }

    @Test
    void marksWithinTheReasoningCallNothing() {
        try (ChatStream stream = open("hm" + CALLS + "</think>4", QUESTION)) {
            assertThat(Said.of(stream)).isEqualTo(new Said("hm" + CALLS, "4"));
            assertThat(stream.outcome().reason()).isEqualTo(ChatFinishReason.STOP);
        }
    }

    @Test
    void idsDifferWithinAnAnswerAndBetweenTurnsAndComeAgain() {
        List<String> first = ids(QUESTION);
        assertThat(first).doesNotHaveDuplicates().hasSize(2);
        assertThat(ids(QUESTION)).isEqualTo(first);
        Conversation next =
                QUESTION.plus(Message.calls("", ToolCall.of("now", "{}")))
                        .plus(Message.tool("noon"));
        assertThat(ids(next)).hasSize(2).doesNotContainAnyElementsOf(first);
    }

    private static List<String> ids(Conversation conversation) {
        try (ChatStream stream = open("</think>" + CALLS, conversation)) {
            List<String> ids = new ArrayList<>();
            for (ChatDelta delta : stream) {
                if (delta instanceof ChatDelta.ToolCallBegin(int _, String id, String _)) {
                    ids.add(id);
                }
            }
            assertThat(stream.outcome().toolCalls()).extracting(ToolCall::id).isEqualTo(ids);
            return ids;
        }
    }

    @Test
    void withoutToolsTheAnswerIsShownAsEver() {
        // Every added token of this vocabulary is special, so marks are not shown.
        try (ChatStream stream = open("</think>Wait." + CALLS, PLAIN)) {
            assertThat(Said.of(stream).answer()).isEqualTo("Wait.weather{\"city\": \"水\"}now{}");
            assertThat(stream.outcome().reason()).isEqualTo(ChatFinishReason.STOP);
            assertThat(stream.outcome().toolCalls()).isEmpty();
        }
        try (ChatStream stream = open(new ByteTokenizer(), "</think> \n" + CALLS, PLAIN)) {
            assertThat(Said.of(stream)).isEqualTo(new Said("", CALLS));
        }
    }

    @Test
    void aVocabularyWithoutMarksSpellsThem() {
        try (ChatStream stream = open(new ByteTokenizer(), "</think>" + CALLS, QUESTION)) {
            Said said = Said.of(stream);
            assertThat(said.calls()).hasSize(2);
            assertThat(said.answer()).isEmpty();
        }
    }

    @Test
    void aCallThatIsSpelledWhereMarksAreTokensIsContent() {
        int[] end = TOKENIZER.encode("</think>");
        int[] spelled = TOKENIZER.encodePlain(CALLS);
        int[] answer = new int[end.length + spelled.length];
        System.arraycopy(end, 0, answer, 0, end.length);
        System.arraycopy(spelled, 0, answer, end.length, spelled.length);
        try (ChatStream stream = open(answer, QUESTION, 10_000)) {
            assertThat(Said.of(stream)).isEqualTo(new Said("", CALLS));
        }
    }

    @Test
    void lengthMayCutACallOff() {
        int[] answer = TOKENIZER.encode("</think>" + CALLS);
        int cut =
                TOKENIZER.encode("</think><｜tool▁call▁begin｜>weather<｜tool▁sep｜>{\"ci").length + 1;
        try (ChatStream stream = open(answer, QUESTION, cut)) {
            Said said = Said.of(stream);
            assertThat(said.calls()).containsExactly(ToolCall.of("weather", "{\"ci"));
            assertThat(stream.outcome().reason()).isEqualTo(ChatFinishReason.LENGTH);
        }
    }

    @Test
    void stopTextsCountInContentOnlyAndWhatLooksLikeOneKeepsItsPlace() {
        try (ChatStream stream = open("</think>so ci" + CALLS, QUESTION, "city", "{}")) {
            List<ChatDelta> deltas = deltas(stream);
            assertThat(Said.of(deltas).answer()).isEqualTo("so ci");
            assertThat(Said.of(deltas).calls()).hasSize(2);
            assertThat(deltas.getLast()).isEqualTo(new ChatDelta.ToolCallArguments(1, "}"));
            assertThat(stream.outcome().stopText()).isEmpty();
        }
        try (ChatStream stream = open("</think>a city" + CALLS, QUESTION, "city")) {
            assertThat(Said.of(stream)).isEqualTo(new Said("", "a "));
            assertThat(stream.outcome().reason()).isEqualTo(ChatFinishReason.STOP);
            assertThat(stream.outcome().stopText()).contains("city");
        }
        try (ChatStream stream = open("</think>" + CALLS + " city", QUESTION, "city")) {
            assertThat(Said.of(stream).calls()).hasSize(2);
            assertThat(stream.outcome().reason()).isEqualTo(ChatFinishReason.TOOL_CALLS);
        }
    }

    @Test
    void aMarkEndsACharacterThatIsNotComplete() {
        int[] ids = TOKENIZER.encode("</think>x" + CALLS);
        ids[1] = 0xE6; // the first byte of three
        try (ChatStream stream = open(ids, QUESTION, 10_000)) {
            Said said = Said.of(stream);
            assertThat(said.answer()).isEqualTo("\uFFFD");
            assertThat(said.calls()).hasSize(2);
        }
    }
}

package dev.cachalot.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.engine.SamplingParameters;
import dev.cachalot.testing.Cases;
import dev.cachalot.tokenizer.ChatForms;
import dev.cachalot.tokenizer.ChatTemplate;
import dev.cachalot.tokenizer.Conversation;
import dev.cachalot.tokenizer.JinjaTemplate;
import dev.cachalot.tokenizer.Message;
import dev.cachalot.tokenizer.Role;
import dev.cachalot.tokenizer.Thinking;
import dev.cachalot.tokenizer.Tokenizer;
import dev.cachalot.tokenizer.Tool;
import dev.cachalot.tokenizer.ToolCall;
import dev.cachalot.tokenizer.ToolCallForm;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers as a template writes them, said by a model: the service gives them back. */
class ToolCallRoundTripTest {
    private static final List<String> CHAT_MARKS =
            List.of(
                    "<|im_start|>",
                    "<|im_end|>",
                    "<|start_header_id|>",
                    "<|end_header_id|>",
                    "<|eot_id|>");

    /** Spells the marks of calls. */
    private static final Tokenizer SPELLING = new ByteTokenizer(CHAT_MARKS);

    /** Has a token for each of them. */
    private static final Tokenizer MARKING =
            new ByteTokenizer(
                    Stream.of(CHAT_MARKS, DeepSeekCalls.MARKS, ObjectCalls.MARKS)
                            .flatMap(List::stream)
                            .toList());

    private static final String LLAMA =
            """
            {{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>

            {% for c in m.tool_calls %}{"name": "{{ c.function.name }}", "parameters": {{ c.function.arguments | tojson }}}{% endfor %}\
            {{ m.content }}<|eot_id|>{% endfor %}\
            {% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>

            {% endif %}""";

    private static final Conversation QUESTION =
            Conversation.of(Message.user("q"))
                    .with(RandomCalls.names().stream().map(Parsed::tool).toArray(Tool[]::new));

    private static ChatTemplate form(String name, Tokenizer tokenizer) {
        return name.equals("llama-3.1")
                ? new JinjaTemplate(tokenizer, LLAMA, true, Clock.systemUTC())
                : ChatForms.named(name, tokenizer).orElseThrow();
    }

    /** What the service makes of the answer's own tokens. */
    private static Said said(ChatTemplate form, Tokenizer tokenizer, Message answer) {
        int[] whole = form.example(QUESTION.plus(answer)).ids();
        Thinking thinking = answer.reasoning().isPresent() ? Thinking.ON : Thinking.OFF;
        ScriptedGenerator model =
                new ScriptedGenerator(
                        request ->
                                Arrays.copyOfRange(whole, request.prompt().length, whole.length));
        ChatService service = new ChatService(model, tokenizer, form, "fake", form.thinks());
        ChatOptions options =
                new ChatOptions(thinking, 100_000, SamplingParameters.greedy(), List.of());
        try (ChatStream stream = service.open(QUESTION, options)) {
            Said said = Said.of(stream);
            assertThat(stream.outcome().reason())
                    .isEqualTo(
                            answer.toolCalls().isEmpty()
                                    ? ChatFinishReason.STOP
                                    : ChatFinishReason.TOOL_CALLS);
            assertThat(stream.outcome().toolCalls())
                    .extracting(ToolCall::arguments)
                    .isEqualTo(said.calls().stream().map(ToolCall::arguments).toList());
            return said;
        }
    }

    private static Message answer(
            SplittableRandom random, String content, boolean reasons, int mostCalls) {
        List<ToolCall> calls = new ArrayList<>();
        for (int n = random.nextInt(mostCalls + 1); n > 0; n--) {
            calls.add(RandomCalls.call(random));
        }
        return new Message(
                Role.ASSISTANT,
                content,
                reasons ? Optional.of("so") : Optional.empty(),
                calls,
                Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deepseek-v3",
                "deepseek-r1",
                "deepseek-r1-0528",
                "deepseek-v3.1",
                "qwen2.5",
                "qwen3"
            })
    void whatATemplateWritesIsReadBack(String name) {
        assertReadBack(form(name, MARKING), MARKING, true, 200);
        assertReadBack(form(name, SPELLING), SPELLING, false, 200);
    }

    /**
     * @param marking whether marks are tokens, so that a content may spell them
     */
    static void assertReadBack(ChatTemplate form, Tokenizer tokenizer, boolean marking, int cases) {
        Cases.forAll(
                cases,
                random -> {
                    String said =
                            marking ? "a" + Cuts.mix(RandomCalls.PIECES, 5, random) : "a <tool\n";
                    String content = random.nextBoolean() ? "" : said;
                    boolean reasons = form.thinks() && random.nextBoolean();
                    Message answer = answer(random, content, reasons, 3);
                    Said back = said(form, tokenizer, answer);
                    assertThat(back.reasoning().strip()).isEqualTo(reasons ? "so" : "");
                    assertThat(back.answer()).isEqualTo(content);
                    assertThat(back.calls()).isEqualTo(answer.toolCalls());
                });
    }

    @Test
    void whatLlamasTemplateWritesIsReadBack() {
        ChatTemplate form = form("llama-3.1", SPELLING);
        assertThat(form.toolCallForm()).isEqualTo(ToolCallForm.LLAMA3);
        Cases.forAll(
                400,
                random -> {
                    boolean called = random.nextBoolean();
                    String content = called ? "" : "a" + Cuts.mix(RandomCalls.PIECES, 5, random);
                    Message answer = answer(random, content, false, called ? 1 : 0);
                    Said said = said(form, SPELLING, answer);
                    assertThat(said).isEqualTo(new Said("", content, answer.toolCalls()));
                });
    }
}

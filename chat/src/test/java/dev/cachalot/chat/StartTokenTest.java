package dev.cachalot.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.engine.SamplingParameters;
import dev.cachalot.tokenizer.ChatForms;
import dev.cachalot.tokenizer.ChatTemplate;
import dev.cachalot.tokenizer.Conversation;
import dev.cachalot.tokenizer.DeepSeekTokens;
import dev.cachalot.tokenizer.JinjaTemplate;
import dev.cachalot.tokenizer.Message;
import dev.cachalot.tokenizer.Thinking;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What reaches the engine begins with the start token, once. */
class StartTokenTest {
    private static final ByteTokenizer TOKENIZER = new ByteTokenizer();

    private static void assertStartedOnce(ChatTemplate form) {
        ScriptedGenerator model = ScriptedGenerator.saying("4");
        ChatService service = new ChatService(model, TOKENIZER, form, "fake", true);
        ChatOptions options =
                new ChatOptions(Thinking.ON, 10, SamplingParameters.greedy(), List.of());
        Conversation chat =
                Conversation.of(
                        Message.user(DeepSeekTokens.BOS),
                        Message.assistant(DeepSeekTokens.BOS),
                        Message.user("q"));
        service.open(chat, options).close();
        int[] prompt = model.requests.getFirst().prompt();
        int bos = TOKENIZER.bosId().orElseThrow();
        assertThat(prompt[0]).isEqualTo(bos);
        assertThat(Arrays.stream(prompt).filter(id -> id == bos)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"deepseek-v2", "deepseek-v3", "deepseek-r1", "deepseek-v3.1"})
    void formsOfOurOwn(String name) {
        assertStartedOnce(ChatForms.named(name, TOKENIZER).orElseThrow());
    }

    /** The template names it, spells it, does both, or leaves it to the file's setting. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ bos_token }}",
                "<｜begin▁of▁sentence｜>",
                "{{ bos_token }}<｜begin▁of▁sentence｜>",
                ""
            })
    void templatesOfFiles(String start) {
        String source = start + "{% for m in messages %}[{{ m.content }}]{% endfor %}";
        assertStartedOnce(new JinjaTemplate(TOKENIZER, source, true, Clock.systemUTC()));
        if (!start.isEmpty()) {
            assertStartedOnce(new JinjaTemplate(TOKENIZER, source, false, Clock.systemUTC()));
        }
    }

    @Test
    void templateThatWritesNoneInAFileThatAsksForNoneGetsNone() {
        JinjaTemplate form =
                new JinjaTemplate(TOKENIZER, "{{ messages[0].content }}", false, Clock.systemUTC());
        assertThat(form.prompt(Conversation.of(Message.user("q")), Thinking.ON))
                .isEqualTo(TOKENIZER.encodePlain("q"));
    }
}

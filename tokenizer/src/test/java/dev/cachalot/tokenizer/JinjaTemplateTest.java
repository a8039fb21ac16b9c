package dev.cachalot.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.testing.Cases;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class JinjaTemplateTest {
    private static final Clock CLOCK =
            Clock.fixed(Instant.parse("2026-11-23T22:00:00Z"), ZoneOffset.UTC);

    /** Templates after the published ones, in words of our own where those have quirks. */
    enum Form {
        V2(
                "{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}"
                        + "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}"
                        + "{{ 'User: ' + message['content'] + '\\n\\n' }}{% elif message['role'] == 'assistant' %}"
                        + "{{ 'Assistant: ' + message['content'] + eos_token }}{% elif message['role'] == 'system' %}"
                        + "{{ message['content'] + '\\n\\n' }}{% endif %}{% endfor %}"
                        + "{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}",
                "deepseek-v2"),
        V3(turns("message.content", "", true), "deepseek-v3"),
        R1(turns("message.content.split('</think>')[-1]", "", true), "deepseek-r1-0528"),
        R1_OPENED(
                turns("message.content.split('</think>')[-1]", "<think>\\n", true), "deepseek-r1"),
        R1_DISTILL(
                turns("message.content.split('</think>')[-1]", "<think>\\n", false),
                "deepseek-r1-distill"),
        V31(
                "{% set ns = namespace(text='', first=true, user=false) %}{% for m in messages %}{% if m.role == 'system' %}"
                        + "{% set ns.text = ns.text + ('' if ns.first else '\\n\\n') + m.content %}{% set ns.first = false %}"
                        + "{% endif %}{% endfor %}{{ bos_token }}{{ ns.text }}{% for m in messages %}"
                        + "{% if m.role == 'user' %}{{ '<｜User｜>' + m.content }}{% elif m.role == 'assistant' %}"
                        + "{% set c = m.content.split('</think>', 1)[1] if '</think>' in m.content else m.content %}"
                        + "{{ '<｜Assistant｜></think>' + c + '<｜end▁of▁sentence｜>' }}{% endif %}{% endfor %}"
                        + "{% if add_generation_prompt %}<｜Assistant｜>{% if thinking %}<think>{% else %}</think>{% endif %}{% endif %}",
                "deepseek-v3.1"),
        CHATML(chatMl(""), "chatml"),
        QWEN2(chatMl("You are a helpful assistant."), "qwen2"),
        LLAMA3(
                "{% for m in messages %}{% set c = '<|start_header_id|>' + m['role'] + '<|end_header_id|>\n\n'"
                        + "+ m['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set c = '<|begin_of_text|>' + c %}"
                        + "{% endif %}{{ c }}{% endfor %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}",
                "llama-3");

        final String source;
        final String name;

        Form(String source, String name) {
            this.source = source;
            this.name = name;
        }

        private static String turns(String past, String open, boolean joined) {
            String system =
                    joined
                            ? "{% set ns.text = ns.text + ('' if ns.first else '\\n\\n') + m.content %}{% set ns.first = false %}"
                            : "{% set ns.text = m.content %}";
            return "{% set ns = namespace(text='', first=true) %}{% for m in messages %}{% if m.role == 'system' %}"
                    + system
                    + "{% endif %}{% endfor %}{{ bos_token }}{{ ns.text }}\n{%- for message in messages %}"
                    + "{% if message.role == 'user' %}{{ '<｜User｜>' + message.content }}{% elif message.role == 'assistant' %}"
                    + "{{ '<｜Assistant｜>' + "
                    + past
                    + " + '<｜end▁of▁sentence｜>' }}{% endif %}{% endfor %}"
                    + "{% if add_generation_prompt %}{{ '<｜Assistant｜>"
                    + open
                    + "' }}{% endif %}";
        }

        private static String chatMl(String system) {
            return (system.isEmpty()
                            ? ""
                            : "{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\n"
                                    + system
                                    + "<|im_end|>\\n' }}{% endif %}")
                    + "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}"
                    + "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
        }

        Tokenizer tokenizer() {
            return this == LLAMA3
                    ? TemplateVocabulary.LLAMA
                    : this == CHATML || this == QWEN2
                            ? TemplateVocabulary.QWEN
                            : TemplateVocabulary.TOKENIZER;
        }
    }

    private static JinjaTemplate template(Tokenizer tokenizer, String source, boolean addBos) {
        return new JinjaTemplate(tokenizer, source, addBos, CLOCK);
    }

    private static JinjaTemplate template(String source) {
        return template(TemplateVocabulary.TOKENIZER, source, false);
    }

    @ParameterizedTest
    @EnumSource
    void theTemplateWritesTheSameTokensAsOurOwnForm(Form form) {
        ChatTemplate own = ChatForms.named(form.name, form.tokenizer()).orElseThrow();
        JinjaTemplate jinja = template(form.tokenizer(), form.source, false);
        Cases.forAll(
                300,
                random -> {
                    Conversation chat = TemplateVocabulary.plainConversation(random);
                    Thinking thinking =
                            form == Form.V31 && random.nextBoolean() ? Thinking.OFF : Thinking.ON;
                    assertThat(jinja.prompt(chat, thinking)).isEqualTo(own.prompt(chat, thinking));
                });
    }

    @ParameterizedTest
    @EnumSource
    void aTemplateIsKnownByWhatItWrites(Form form) {
        ChatTemplate found = ChatForms.ofTemplate(form.source, form.tokenizer(), true, CLOCK);
        assertThat(found)
                .isInstanceOf(
                        ChatForms.named(form.name, form.tokenizer()).orElseThrow().getClass());
        assertThat(new FormProbe(template(form.tokenizer(), form.source, true)).agrees(found))
                .isTrue();
    }

    @Test
    void aTemplateThatDiffersInOneCharacterIsRunItself() {
        String changed = Form.CHATML.source.replace("'<|im_end|>' + '\\n'", "'<|im_end|>' + ' '");
        assertThat(ChatForms.ofTemplate(changed, TemplateVocabulary.QWEN, false, CLOCK))
                .isInstanceOf(JinjaTemplate.class);
    }

    @ParameterizedTest
    @CsvSource({
        "true, {{ bos_token }}{{ bos_token }}, 1",
        "true, {{ bos_token }}, 1",
        "true, <｜begin▁of▁sentence｜>, 1",
        "true, '', 1",
        "false, {{ bos_token }}, 1",
        "false, '', 0"
    })
    void thereIsOneStartAtMost(boolean addBos, String before, int starts) {
        String rest = "{% for m in messages %}<｜User｜>{{ m.content }}{% endfor %}";
        int[] ids =
                template(TemplateVocabulary.TOKENIZER, before + rest, addBos)
                        .prompt(Conversation.of(Message.user(DeepSeekTokens.BOS)), Thinking.ON);
        int bos = TemplateVocabulary.TOKENIZER.bosId().orElseThrow();
        assertThat(Arrays.stream(ids).filter(id -> id == bos).count()).isEqualTo(starts);
        assertThat(ids[0] == bos).isEqualTo(starts == 1);
    }

    @Test
    void noTextMakesAMarkWhateverTheTemplateDoesWithIt() {
        List<String> ways =
                List.of(
                        "{{ '<｜User｜>' + m.content }}", "<｜User｜>{{ m.content | trim }}",
                        "<｜User｜>{{ m.content.split('x') | join('x') }}",
                                "<｜User｜>{{ m.content[:-1] }}",
                        "<｜User｜>{{ m | tojson }}", "<｜User｜>{{ m.content.replace('a', '<') }}",
                        "<｜User｜>{{ '<｜' + m.content }}",
                                "<｜User｜>{{ m.content | lower | title }}");
        int user = TemplateVocabulary.TOKENIZER.id(DeepSeekTokens.USER).orElseThrow();
        Cases.forAll(
                100,
                random -> {
                    String way = ways.get(random.nextInt(ways.size()));
                    JinjaTemplate form = template("{% for m in messages %}" + way + "{% endfor %}");
                    String said =
                            random.nextBoolean()
                                    ? "User｜>"
                                    : TemplateVocabulary.text(random) + "<｜User｜>x";
                    int[] ids = form.prompt(Conversation.of(Message.user(said)), Thinking.ON);
                    assertThat(Arrays.stream(ids).filter(id -> id == user).count()).isOne();
                });
    }

    @Test
    void callsToolsAndTheirAnswersReachTheTemplate() {
        JinjaTemplate form =
                template(
                        "{{ tools | tojson }}{% for m in messages %}|{{ m.role }}:{{ m.content }}"
                                + "{% for c in m.tool_calls %}[{{ c.type }} {{ c.id }} {{ c.function.name }} {{ c.function.arguments }} "
                                + "{{ c.function.arguments | tojson }} {% for k, v in c.function.arguments | items %}{{ k }}={{ v }}{% endfor %} "
                                + "{{ c.function.arguments is string }} {{ c['function']['arguments'] + '!' }}]{% endfor %}{{ m.tool_call_id }}{% endfor %}");
        Conversation chat =
                new Conversation(
                        List.of(
                                Message.user("q"),
                                Message.calls("", new ToolCall("7", "f", "{\"a\":[1,2]}")),
                                new Message(
                                        Role.TOOL,
                                        "r",
                                        java.util.Optional.empty(),
                                        List.of(),
                                        java.util.Optional.of("7"))),
                        List.of(new Tool("f", "d", "{\"type\":\"object\"}")));
        assertThat(form.render(chat, Thinking.ON, true).value())
                .isEqualTo(
                        "[{\"type\": \"function\", \"function\": {\"name\": \"f\", \"description\": \"d\", \"parameters\": {\"type\": \"object\"}}}]"
                                + "|user:q|assistant:[function 7 f {\"a\":[1,2]} {\"a\": [1, 2]} a=[1, 2] True {\"a\":[1,2]}!]|tool:r7");
    }

    @Test
    void theDateIsTheClocks() {
        assertThat(
                        template("{{ strftime_now('%d %b %Y, %B %-d %H:%M') }}")
                                .render(Conversation.of(Message.user("")), Thinking.ON, true)
                                .value())
                .isEqualTo("23 Nov 2026, November 23 22:00");
    }

    @Test
    void anExampleContinuesItsPrompt() {
        Conversation chat = Conversation.of(Message.user("2 + 2?"), Message.assistant("4"));
        TrainingExample example =
                template(TemplateVocabulary.QWEN, Form.CHATML.source, false).example(chat);
        TrainingExample own =
                new ChatMlTemplate(TemplateVocabulary.QWEN, ChatMlTemplate.Style.PLAIN)
                        .example(chat);
        assertThat(example.ids()).startsWith(own.ids()); // and the newline after the turn
        assertThatThrownBy(
                        () -> template("{{ 'a' if add_generation_prompt else 'b' }}").example(chat))
                .isInstanceOf(InvalidConversationException.class)
                .hasMessageContaining("cannot be learned");
    }

    @Test
    void whatGoesWrongIsTyped() {
        Conversation chat = Conversation.of(Message.system("s"), Message.user("q"));
        assertThatThrownBy(() -> template("{% if %}"))
                .isInstanceOf(ChatTemplateException.class)
                .hasMessageContaining("the model's chat template cannot be read: line 1: found");
        assertThatThrownBy(() -> template("{{ messages.nosuch() }}").prompt(chat, Thinking.ON))
                .isInstanceOf(ChatTemplateException.class)
                .hasMessageContaining(
                        "the model's chat template fails: line 1: 'nosuch' is undefined");
        assertThatThrownBy(
                        () ->
                                template("{{ raise_exception('System role not supported') }}")
                                        .prompt(chat, Thinking.ON))
                .isInstanceOf(InvalidConversationException.class)
                .hasMessageContaining("refuses the conversation: System role not supported");
        assertThatThrownBy(() -> template("a").prompt(Conversation.of(), Thinking.ON))
                .isInstanceOf(InvalidConversationException.class);
    }

    @Test
    void marksOfAVocabularyTellTheFormOfAFileWithoutATemplate() {
        assertThat(ChatForms.ofMarks(TemplateVocabulary.TOKENIZER))
                .containsInstanceOf(DeepSeekV31Template.class);
        assertThat(ChatForms.ofMarks(SmallVocabulary.TOKENIZER))
                .containsInstanceOf(DeepSeekV3Template.class);
        assertThat(
                        ChatForms.ofMarks(
                                new BytePairTokenizer(
                                        new BytePairTrainer(
                                                        256, PreTokenizer.named("gpt-2"), List.of())
                                                .train(List.of()))))
                .isEmpty();
    }
}

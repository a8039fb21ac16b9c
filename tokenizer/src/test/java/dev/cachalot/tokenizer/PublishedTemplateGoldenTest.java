package dev.cachalot.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cachalot.testing.Cases;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The templates as published, beside our own forms; skipped without the shared folder. */
class PublishedTemplateGoldenTest {
    private static String published(String name) {
        try {
            return new ObjectMapper()
                    .readTree(Published.folder().resolve(name + "/tokenizer_config.json").toFile())
                    .get("chat_template")
                    .textValue();
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    @Test
    void deepSeekV3() {
        String source = published("deepseek_v3");
        JinjaTemplate template =
                new JinjaTemplate(TemplateVocabulary.TOKENIZER, source, true, Clock.systemUTC());
        ChatTemplate own =
                ChatForms.ofTemplate(source, TemplateVocabulary.TOKENIZER, true, Clock.systemUTC());
        assertThat(own).isInstanceOf(DeepSeekV3Template.class);
        assertThat(own.thinks()).isFalse();
        Cases.forAll(
                300,
                random -> {
                    Conversation chat = TemplateVocabulary.plainConversation(random);
                    if (random.nextInt(3) == 0) { // two calls: the number that it writes right
                        chat =
                                chat.plus(Message.calls("", call(random), call(random)))
                                        .plus(Message.tool(TemplateVocabulary.text(random)))
                                        .plus(Message.tool(TemplateVocabulary.text(random)));
                    }
                    assertThat(template.prompt(chat, Thinking.ON))
                            .isEqualTo(own.prompt(chat, Thinking.ON));
                });
    }

    @Test
    void qwen3() {
        String source = published("qwen3");
        JinjaTemplate template =
                new JinjaTemplate(TemplateVocabulary.QWEN, source, false, Clock.systemUTC());
        ChatTemplate own =
                ChatForms.ofTemplate(source, TemplateVocabulary.QWEN, false, Clock.systemUTC());
        assertThat(own).isInstanceOf(ChatMlTemplate.class);
        assertThat(own.thinks()).isTrue();
        Cases.forAll(
                500,
                random -> {
                    Conversation chat = toolConversation(random);
                    Thinking thinking = random.nextBoolean() ? Thinking.ON : Thinking.OFF;
                    int[] expected = template.prompt(chat, thinking);
                    assertThat(TemplateVocabulary.QWEN.decode(own.prompt(chat, thinking)))
                            .isEqualTo(TemplateVocabulary.QWEN.decode(expected));
                    assertThat(own.prompt(chat, thinking)).isEqualTo(expected);
                });
    }

    private static ToolCall call(SplittableRandom random) {
        return new ToolCall("1", "weather", "{\"n\": " + random.nextInt(9) + "}");
    }

    private static Conversation toolConversation(SplittableRandom random) {
        List<Message> messages = new ArrayList<>();
        if (random.nextBoolean()) {
            messages.add(Message.system(TemplateVocabulary.text(random)));
        }
        for (int turns = random.nextInt(3) + 1; turns > 0; turns--) {
            messages.add(Message.user(TemplateVocabulary.text(random)));
            for (int calls = random.nextInt(3); calls > 0; calls--) {
                messages.add(
                        new Message(
                                Role.ASSISTANT,
                                random.nextBoolean() ? "" : TemplateVocabulary.text(random),
                                random.nextBoolean()
                                        ? Optional.of(TemplateVocabulary.text(random))
                                        : Optional.empty(),
                                random.nextBoolean()
                                        ? List.of(call(random))
                                        : List.of(call(random), call(random)),
                                Optional.empty()));
                for (int outputs = random.nextInt(2) + 1; outputs > 0; outputs--) {
                    messages.add(Message.tool(TemplateVocabulary.text(random)));
                }
            }
            if (turns > 1) {
                String said = TemplateVocabulary.text(random);
                messages.add(
                        random.nextBoolean()
                                ? Message.assistant(said)
                                : Message.assistant(TemplateVocabulary.text(random), said));
            }
        }
        Tool tool = new Tool("weather", "", "{\"type\":\"object\",\"required\":[\"é\"]}");
        return new Conversation(messages, random.nextBoolean() ? List.of(tool) : List.of());
    }
}

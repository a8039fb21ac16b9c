package dev.cachalot.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.testing.Cases;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The published forms, spelled out. */
@SuppressWarnings("StringConcatToTextBlock") // newlines are what is looked at
class ChatFormsTest {
    private static final Tokenizer TOKENIZER = TemplateVocabulary.TOKENIZER;
    private static final Conversation CHAT =
            Conversation.of(
                    Message.system("Be brief."),
                    Message.user("2 + 2?"),
                    Message.assistant("so 4", "4"),
                    Message.user("3 + 3?"));
    private static final Tool WEATHER =
            new Tool(
                    "weather",
                    "Tells the weather.",
                    "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}");
    private static final Conversation CALLED =
            Conversation.of(
                    Message.user("Rome and Oslo?"),
                    Message.calls(
                            "",
                            ToolCall.of("weather", "{\"city\": \"Rome\"}"),
                            ToolCall.of("weather", "{\"city\": \"Oslo\"}")),
                    Message.tool("sun"),
                    Message.tool("snow"));

    static List<ChatTemplate> forms() {
        return List.of(
                new DeepSeekV2Template(TOKENIZER),
                new DeepSeekV3Template(TOKENIZER, DeepSeekV3Template.Style.V3),
                new DeepSeekV3Template(TOKENIZER, DeepSeekV3Template.Style.R1),
                new DeepSeekV3Template(TOKENIZER, DeepSeekV3Template.Style.R1_OPENED),
                new DeepSeekV3Template(TOKENIZER, DeepSeekV3Template.Style.R1_DISTILL),
                new DeepSeekV31Template(TOKENIZER),
                new ChatMlTemplate(TOKENIZER, ChatMlTemplate.Style.PLAIN),
                new ChatMlTemplate(TOKENIZER, ChatMlTemplate.Style.QWEN2),
                new ChatMlTemplate(TOKENIZER, ChatMlTemplate.Style.QWEN2_5),
                new ChatMlTemplate(TOKENIZER, ChatMlTemplate.Style.QWEN3),
                new Llama3Template(TOKENIZER));
    }

    private static void assertWritten(int[] ids, String spelled) {
        assertThat(TOKENIZER.decode(ids)).isEqualTo(spelled);
        assertThat(ids).isEqualTo(TOKENIZER.encode(spelled));
    }

    private static int[] v3(DeepSeekV3Template.Style style, Thinking thinking) {
        return new DeepSeekV3Template(TOKENIZER, style).prompt(CHAT, thinking);
    }

    private static int[] chatMl(ChatMlTemplate.Style style, Conversation chat, Thinking thinking) {
        return new ChatMlTemplate(TOKENIZER, style).prompt(chat, thinking);
    }

    @Test
    void v2SpellsTheRoles() {
        assertWritten(
                new DeepSeekV2Template(TOKENIZER).prompt(CHAT, Thinking.ON),
                "<｜begin▁of▁sentence｜>Be brief.\n\nUser: 2 + 2?\n\nAssistant: 4<｜end▁of▁sentence｜>User: 3 + 3?\n\nAssistant:");
    }

    @Test
    void v3HasNoSeparators() {
        assertWritten(
                v3(DeepSeekV3Template.Style.V3, Thinking.ON),
                "<｜begin▁of▁sentence｜>Be brief.<｜User｜>2 + 2?<｜Assistant｜>4<｜end▁of▁sentence｜><｜User｜>3 + 3?<｜Assistant｜>");
    }

    @Test
    void r1OpensTheThoughtOrLeavesItToTheModel() {
        String before =
                "<｜begin▁of▁sentence｜>Be brief.<｜User｜>2 + 2?<｜Assistant｜>4<｜end▁of▁sentence｜><｜User｜>3 + 3?<｜Assistant｜>";
        assertWritten(v3(DeepSeekV3Template.Style.R1, Thinking.ON), before);
        assertWritten(v3(DeepSeekV3Template.Style.R1_OPENED, Thinking.ON), before + "<think>\n");
        assertWritten(
                v3(DeepSeekV3Template.Style.R1_DISTILL, Thinking.OFF),
                before + "<think>\n\n</think>\n\n");
    }

    @Test
    void aPastAnswerThatSpellsItsThoughtLosesItInR1() {
        Conversation chat =
                Conversation.of(
                        Message.user("2 + 2?"),
                        Message.assistant("<think>\nso 4</think>\n\n4"),
                        Message.user("3?"));
        assertWritten(
                new DeepSeekV3Template(TOKENIZER, DeepSeekV3Template.Style.R1)
                        .prompt(chat, Thinking.ON),
                "<｜begin▁of▁sentence｜><｜User｜>2 + 2?<｜Assistant｜>\n\n4<｜end▁of▁sentence｜><｜User｜>3?<｜Assistant｜>");
    }

    @Test
    void r1WritesCallsAndOutputsInBlocks() {
        assertWritten(
                new DeepSeekV3Template(TOKENIZER, DeepSeekV3Template.Style.R1_OPENED)
                        .prompt(CALLED, Thinking.ON),
                "<｜begin▁of▁sentence｜><｜User｜>Rome and Oslo?<｜Assistant｜><｜tool▁calls▁begin｜>"
                        + "<｜tool▁call▁begin｜>function<｜tool▁sep｜>weather\n```json\n{\"city\": \"Rome\"}\n```<｜tool▁call▁end｜>\n"
                        + "<｜tool▁call▁begin｜>function<｜tool▁sep｜>weather\n```json\n{\"city\": \"Oslo\"}\n```<｜tool▁call▁end｜>"
                        + "<｜tool▁calls▁end｜><｜end▁of▁sentence｜><｜tool▁outputs▁begin｜><｜tool▁output▁begin｜>sun<｜tool▁output▁end｜>\n"
                        + "<｜tool▁output▁begin｜>snow<｜tool▁output▁end｜><｜tool▁outputs▁end｜>");
    }

    @Test
    void v31WritesCallsShortAndOffersToolsBehindTheSystemText() {
        Conversation chat = new Conversation(CALLED.with(WEATHER).messages(), List.of(WEATHER));
        int[] ids = new DeepSeekV31Template(TOKENIZER).prompt(chat, Thinking.OFF);
        assertThat(TOKENIZER.decode(ids))
                .startsWith(
                        "<｜begin▁of▁sentence｜>## Tools\nYou have access to the following tools:\n\n### weather\n"
                                + "Description: Tells the weather.\n\nParameters: {\"type\": \"object\", \"properties\": {\"city\": {\"type\": \"string\"}}}\n\n"
                                + "IMPORTANT: ALWAYS adhere to this exact format for tool use:\n<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>tool_call_name<｜tool▁sep｜>")
                .endsWith(
                        "<｜User｜>Rome and Oslo?<｜Assistant｜></think><｜tool▁calls▁begin｜>"
                                + "<｜tool▁call▁begin｜>weather<｜tool▁sep｜>{\"city\": \"Rome\"}<｜tool▁call▁end｜>"
                                + "<｜tool▁call▁begin｜>weather<｜tool▁sep｜>{\"city\": \"Oslo\"}<｜tool▁call▁end｜>"
                                + "<｜tool▁calls▁end｜><｜end▁of▁sentence｜><｜tool▁output▁begin｜>sun<｜tool▁output▁end｜>"
                                + "<｜tool▁output▁begin｜>snow<｜tool▁output▁end｜>");
        assertThat(ids).isEqualTo(TOKENIZER.encode(TOKENIZER.decode(ids)));
    }

    @Test
    void chatMlHasTheDefaultsOfItsModels() {
        Conversation hello = Conversation.of(Message.user("Hi"));
        String rest = "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n";
        assertWritten(chatMl(ChatMlTemplate.Style.PLAIN, hello, Thinking.ON), rest);
        assertWritten(
                chatMl(ChatMlTemplate.Style.QWEN2, hello, Thinking.ON),
                "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n" + rest);
        assertWritten(
                chatMl(ChatMlTemplate.Style.QWEN2_5, hello, Thinking.ON),
                "<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n"
                        + rest);
        assertWritten(chatMl(ChatMlTemplate.Style.QWEN3, hello, Thinking.ON), rest);
        assertWritten(
                chatMl(ChatMlTemplate.Style.QWEN3, hello, Thinking.OFF),
                rest + "<think>\n\n</think>\n\n");
    }

    @Test
    void qwenOffersToolsInTheSystemTurnAndAnswersThemAsAUser() {
        Conversation chat = new Conversation(CALLED.messages(), List.of(WEATHER));
        int[] ids = chatMl(ChatMlTemplate.Style.QWEN3, chat, Thinking.ON);
        assertThat(TOKENIZER.decode(ids))
                .startsWith("<|im_start|>system\n# Tools\n\nYou may call")
                .contains(
                        "<tools>\n{\"type\": \"function\", \"function\": {\"name\": \"weather\", \"description\": \"Tells the weather.\","
                                + " \"parameters\": {\"type\": \"object\", \"properties\": {\"city\": {\"type\": \"string\"}}}}}\n</tools>")
                .endsWith(
                        "<|im_start|>assistant\n<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\"}}\n</tool_call>\n"
                                + "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Oslo\"}}\n</tool_call><|im_end|>\n"
                                + "<|im_start|>user\n<tool_response>\nsun\n</tool_response>\n<tool_response>\nsnow\n</tool_response><|im_end|>\n"
                                + "<|im_start|>assistant\n");
        assertThat(ids).isEqualTo(TOKENIZER.encode(TOKENIZER.decode(ids)));
    }

    @Test
    void llama3NamesTheRoleInAHeaderAndStripsTheText() {
        assertWritten(
                new Llama3Template(TOKENIZER)
                        .prompt(Conversation.of(Message.user(" \n\u00A0Hi \t")), Thinking.ON),
                "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n");
    }

    @ParameterizedTest
    @MethodSource("forms")
    void thePromptIsAPrefixOfTheExample(ChatTemplate form) {
        Cases.forAll(
                200,
                random -> {
                    Conversation chat = TemplateVocabulary.plainConversation(random);
                    boolean thinks = form.thinks() && random.nextBoolean();
                    String said = TemplateVocabulary.text(random);
                    Message answer =
                            thinks
                                    ? Message.assistant(TemplateVocabulary.text(random), said)
                                    : Message.assistant(said);
                    int[] prompt = form.prompt(chat, thinks ? Thinking.ON : Thinking.OFF);
                    TrainingExample example = form.example(chat.plus(answer));
                    assertThat(example.ids()).startsWith(prompt);
                    assertThat(example.lossMask()[prompt.length - 1]).isFalse();
                    for (int i = prompt.length; i < example.ids().length; i++) {
                        assertThat(example.lossMask()[i]).isTrue();
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("forms")
    void noTextMakesAMark(ChatTemplate form) {
        List<String> marks =
                List.of(
                        DeepSeekTokens.BOS,
                        DeepSeekTokens.USER,
                        DeepSeekTokens.EOS,
                        ChatMlTemplate.START,
                        Llama3Template.HEADER);
        Cases.forAll(
                200,
                random -> {
                    Conversation chat = TemplateVocabulary.plainConversation(random);
                    Conversation mute =
                            new Conversation(
                                    chat.messages().stream()
                                            .map(m -> new Message(m.role(), "a", m.reasoning()))
                                            .toList());
                    int[] ids = form.prompt(chat, Thinking.ON);
                    int[] muteIds = form.prompt(mute, Thinking.ON);
                    for (String mark : marks) {
                        int id = TOKENIZER.id(mark).orElseThrow();
                        assertThat(Arrays.stream(ids).filter(i -> i == id).count())
                                .as(mark)
                                .isEqualTo(Arrays.stream(muteIds).filter(i -> i == id).count());
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("forms")
    void nothingToAnswerIsRefused(ChatTemplate form) {
        assertThatThrownBy(() -> form.prompt(Conversation.of(), Thinking.ON))
                .isInstanceOf(InvalidConversationException.class);
    }

    @Test
    void formsWithoutToolsRefuseThem() {
        for (ChatTemplate form : forms()) {
            if (form.toolCallForm() == ToolCallForm.NONE) {
                assertThatThrownBy(() -> form.prompt(CALLED, Thinking.ON))
                        .isInstanceOf(InvalidConversationException.class)
                        .hasMessageContaining("has no place for them");
            }
        }
    }

    @Test
    void toolsThatAreNoneAreRefused() {
        assertThatThrownBy(() -> new Tool("a", "", "[]"))
                .isInstanceOf(InvalidConversationException.class)
                .hasMessageContaining("the parameters of the tool 'a' are JSON, but no object");
        assertThatThrownBy(() -> new Tool("a", "", "{")).hasMessageContaining("are no JSON");
        assertThatThrownBy(
                        () ->
                                new Message(
                                        Role.USER,
                                        "",
                                        java.util.Optional.empty(),
                                        List.of(ToolCall.of("a", "{}")),
                                        java.util.Optional.empty()))
                .hasMessageContaining("a USER message has tool calls");
    }
}

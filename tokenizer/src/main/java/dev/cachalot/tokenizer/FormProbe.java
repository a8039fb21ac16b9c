package dev.cachalot.tokenizer;

import java.util.Arrays;
import java.util.List;

/** Tells whether two chat forms are one, by having both write the same conversations. */
final class FormProbe {
    private static final Conversation TURNS =
            Conversation.of(
                    Message.system("Be brief.\n"),
                    Message.user("2 + 2?"),
                    Message.assistant("4."),
                    Message.user("  And 3? \n"),
                    Message.assistant("<think>\nI think</think>\n\n6 "),
                    Message.user("Good."));
    private static final Conversation SYSTEMS =
            Conversation.of(Message.system("One."), Message.system("Two."), Message.user("Three?"));
    private static final Tool TOOL =
            new Tool("now", "The time.", "{\"type\": \"object\", \"properties\": {}}");
    private static final Conversation CALLED =
            Conversation.of(
                            Message.user("When?"),
                            Message.calls("Wait.", ToolCall.of("now", "{\"at\": 1}")),
                            Message.tool("noon"))
                    .with(TOOL);

    static boolean agree(ChatTemplate own, ChatTemplate template) {
        Conversation question = Conversation.of(Message.user("Hello"));
        for (Conversation conversation : List.of(question, TURNS, SYSTEMS)) {
            if (!agree(own, template, conversation, Thinking.ON)) {
                return false;
            }
        }
        // A template that knows no switch is not asked to turn thinking off.
        boolean switches =
                !Arrays.equals(
                        written(template, question, Thinking.ON),
                        written(template, question, Thinking.OFF));
        if (switches && !agree(own, template, question, Thinking.OFF)) {
            return false;
        }
        return own.toolCallForm() != ToolCallForm.HERMES
                || agree(own, template, CALLED, Thinking.ON);
    }

    private static boolean agree(
            ChatTemplate own, ChatTemplate template, Conversation conversation, Thinking thinking) {
        int[] expected = written(template, conversation, thinking);
        return expected.length > 0 && Arrays.equals(written(own, conversation, thinking), expected);
    }

    private static int[] written(ChatTemplate form, Conversation chat, Thinking thinking) {
        try {
            return form.prompt(chat, thinking);
        } catch (InvalidConversationException | ChatTemplateException refused) {
            return new int[0];
        }
    }

    private FormProbe() {}
}

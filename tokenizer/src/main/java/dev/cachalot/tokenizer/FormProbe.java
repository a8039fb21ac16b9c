package dev.cachalot.tokenizer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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

    /** Made where it is asked for: a start should not set up JSON for it. */
    private static final class Called {
        static final Conversation CALLED =
                Conversation.of(
                                Message.user("When?"),
                                Message.calls("Wait.", ToolCall.of("now", "{\"at\": 1}")),
                                Message.tool("noon"))
                        .with(
                                new Tool(
                                        "now",
                                        "The time.",
                                        "{\"type\": \"object\", \"properties\": {}}"));
    }

    private static final Conversation QUESTION = Conversation.of(Message.user("Hello"));

    private record Asked(Conversation conversation, Thinking thinking) {}

    private final JinjaTemplate template;
    private final Map<Asked, int[]> known = new HashMap<>(); // what the template writes

    /** Asks the template when a form has come so far, and never twice: it may be slow. */
    FormProbe(JinjaTemplate template) {
        this.template = template;
    }

    boolean agrees(ChatTemplate own) {
        for (Conversation conversation : List.of(QUESTION, TURNS, SYSTEMS)) {
            if (!agrees(own, conversation, Thinking.ON)) {
                return false;
            }
        }
        // A template that knows no switch is not asked to turn thinking off.
        boolean switches =
                !Arrays.equals(expected(QUESTION, Thinking.ON), expected(QUESTION, Thinking.OFF));
        if (switches && !agrees(own, QUESTION, Thinking.OFF)) {
            return false;
        }
        return own.toolCallForm() != ToolCallForm.HERMES || agrees(own, Called.CALLED, Thinking.ON);
    }

    private boolean agrees(ChatTemplate own, Conversation conversation, Thinking thinking) {
        int[] expected = expected(conversation, thinking);
        if (expected.length == 0) {
            return false;
        }
        try {
            return Arrays.equals(own.prompt(conversation, thinking), expected);
        } catch (InvalidConversationException refused) {
            return false;
        }
    }

    private int[] expected(Conversation conversation, Thinking thinking) {
        return known.computeIfAbsent(
                new Asked(conversation, thinking),
                asked -> template.probe(asked.conversation, asked.thinking));
    }
}

package dev.cachalot.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cachalot.tokenizer.BytePairTokenizer;
import dev.cachalot.tokenizer.BytePairTrainer;
import dev.cachalot.tokenizer.ChatForms;
import dev.cachalot.tokenizer.ChatTemplate;
import dev.cachalot.tokenizer.ChatTemplateException;
import dev.cachalot.tokenizer.Conversation;
import dev.cachalot.tokenizer.DeepSeekTokens;
import dev.cachalot.tokenizer.InvalidConversationException;
import dev.cachalot.tokenizer.InvalidTextException;
import dev.cachalot.tokenizer.JinjaTemplate;
import dev.cachalot.tokenizer.Message;
import dev.cachalot.tokenizer.PreTokenizer;
import dev.cachalot.tokenizer.Role;
import dev.cachalot.tokenizer.Thinking;
import dev.cachalot.tokenizer.Tokenizer;
import dev.cachalot.tokenizer.Tool;
import dev.cachalot.tokenizer.ToolCall;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A chat template in Jinja and a conversation for it, in JSON; without one, a conversation with
 * tools. No text of the conversation may spell a mark, and no prompt starts twice.
 */
final class TemplateTarget implements Target {
    /** A mark that no template asks for: its id could come from a message's text only. */
    private static final String SMUGGLED = "<|fz7q|>";

    private static final Clock CLOCK =
            Clock.fixed(Instant.parse("2026-11-23T22:00:00Z"), ZoneOffset.UTC);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Conversation STANDARD =
            new Conversation(
                    List.of(
                            Message.system(" Be brief. " + SMUGGLED),
                            Message.user("2 + 2, \uD83D\uDC33 & <b>" + SMUGGLED + "</b>?\n"),
                            Message.assistant("so 4", "4"),
                            Message.user("When?"),
                            new Message(
                                    Role.ASSISTANT,
                                    "",
                                    Optional.of("<think>a clock</think>"),
                                    List.of(
                                            new ToolCall("7", "now", "{\"at\": [1, 2.5, null]}"),
                                            new ToolCall("8", SMUGGLED, "no JSON " + SMUGGLED)),
                                    Optional.empty()),
                            new Message(
                                    Role.TOOL,
                                    "noon",
                                    Optional.empty(),
                                    List.of(),
                                    Optional.of("7")),
                            Message.tool("night")),
                    List.of(
                            new Tool(
                                    "now",
                                    "The time " + SMUGGLED,
                                    "{\"type\":\"object\",\"properties\":{\"at\":{\"type\":\"array\"}}}")));

    private @Nullable Tokenizer tokenizer; // made when first needed

    private Tokenizer tokenizer() {
        Tokenizer known = tokenizer;
        if (known == null) {
            Set<String> marks = new LinkedHashSet<>(DeepSeekTokens.CHAT);
            marks.addAll(ChatForms.ENDS);
            marks.addAll(
                    List.of(
                            DeepSeekTokens.TOOL_CALLS,
                            DeepSeekTokens.END_TOOL_CALLS,
                            DeepSeekTokens.TOOL_CALL,
                            DeepSeekTokens.END_TOOL_CALL,
                            DeepSeekTokens.TOOL_SEP,
                            "<|start_header_id|>",
                            "<|end_header_id|>",
                            "<tool_call>",
                            "</tool_call>",
                            "<tool_response>",
                            "</tool_response>",
                            SMUGGLED));
            known =
                    new BytePairTokenizer(
                            new BytePairTrainer(
                                            300,
                                            PreTokenizer.named("deepseek-v3"),
                                            List.copyOf(marks))
                                    .train(Stream.of("the cat, the mat: 12 + 30 = 42", "the mat")));
            tokenizer = known;
        }
        return known;
    }

    @Override
    public String name() {
        return "template";
    }

    @Override
    public void read(byte[] input) {
        List<byte[]> parts = Parts.of(input, 2);
        String source = Parts.text(parts.get(0));
        Conversation chat = conversation(Parts.text(parts.get(1)));
        boolean addBos = source.length() % 2 == 0;
        ChatTemplate template = ChatForms.ofTemplate(source, tokenizer(), addBos, CLOCK);
        int[] prompt = template.prompt(chat, addBos ? Thinking.ON : Thinking.OFF);
        check(source, template, prompt, addBos);
        template.toolCallForm();
        try {
            boolean answered = chat.messages().getLast().role() == Role.ASSISTANT;
            template.example(answered ? chat : chat.plus(Message.assistant("hm", "It is noon.")));
        } catch (InvalidConversationException notLearned) {
            // many forms write an answer otherwise than they ask for it
        }
    }

    private void check(String source, ChatTemplate template, int[] ids, boolean addBos) {
        int bos = tokenizer().bosId().orElseThrow();
        long starts = Arrays.stream(ids).limit(2).filter(id -> id == bos).count();
        if (starts > 1 || (template instanceof JinjaTemplate && addBos && ids[0] != bos)) {
            throw new AssertionError("the prompt has " + starts + " starts");
        }
        int smuggled = tokenizer().id(SMUGGLED).orElseThrow();
        if (!source.contains("fz7q") && Arrays.stream(ids).anyMatch(id -> id == smuggled)) {
            throw new AssertionError("a message's text became a mark");
        }
    }

    private static Conversation conversation(String json) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException notJson) {
            return STANDARD;
        }
        if (root == null || !root.path("messages").isArray() || root.get("messages").isEmpty()) {
            return STANDARD;
        }
        List<Message> messages = new ArrayList<>();
        root.get("messages").forEach(message -> messages.add(message(message)));
        List<Tool> tools = new ArrayList<>();
        for (JsonNode tool : root.path("tools")) {
            tools.add(
                    new Tool(
                            tool.path("name").asText(),
                            tool.path("description").asText(),
                            tool.path("parameters").asText()));
        }
        return new Conversation(messages, tools);
    }

    private static Message message(JsonNode message) {
        List<ToolCall> calls = new ArrayList<>();
        for (JsonNode call : message.path("calls")) {
            calls.add(
                    new ToolCall(
                            call.path("id").asText(),
                            call.path("name").asText(),
                            call.path("arguments").asText()));
        }
        Role role =
                switch (message.path("role").asText()) {
                    case "system" -> Role.SYSTEM;
                    case "assistant" -> Role.ASSISTANT;
                    case "tool" -> Role.TOOL;
                    default -> Role.USER;
                };
        return new Message(
                role,
                message.path("content").asText(),
                text(message.path("reasoning")),
                calls,
                text(message.path("answers")));
    }

    private static Optional<String> text(JsonNode node) {
        return node.isTextual() ? Optional.of(node.textValue()) : Optional.empty();
    }

    @Override
    public Set<Class<? extends Exception>> refusals() {
        return Set.of(
                ChatTemplateException.class,
                InvalidConversationException.class,
                InvalidTextException.class); // half a surrogate pair, from the conversation
    }

    @Override
    public long mostBytes() {
        return 2L
                << 30; // in all, not at once: it may make 16 million characters, some of them lists
    }

    @Override
    public long mostBytesHooked() {
        return 4 * mostBytes(); // lists of characters, each compared
    }

    @Override
    public Map<String, byte[]> seeds() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        TemplateSeeds.SOURCES.forEach(
                (name, source) -> seeds.put(name, source.getBytes(StandardCharsets.UTF_8)));
        seeds.put(
                "conversation",
                Parts.join(
                        Parts.utf8(TemplateSeeds.CHATML),
                        Parts.utf8(
                                """
                                {"messages":[{"role":"system","content":"s"},{"role":"user","content":"q"},\
                                {"role":"assistant","content":"a","reasoning":"r","calls":[{"id":"1",\
                                "name":"f","arguments":"{\\"x\\":[1,{\\"y\\":null}]}"}]},\
                                {"role":"tool","content":"t","answers":"1"}],"tools":[{"name":"f",\
                                "description":"d","parameters":"{\\"type\\":\\"object\\"}"}]}""")));
        return seeds;
    }

    @Override
    public Set<String> words() {
        return TemplateSeeds.WORDS;
    }
}

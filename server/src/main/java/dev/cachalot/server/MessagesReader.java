package dev.cachalot.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cachalot.tokenizer.Conversation;
import dev.cachalot.tokenizer.Message;
import dev.cachalot.tokenizer.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the messages of a request. */
final class MessagesReader {
    static Conversation conversation(Fields request) {
        JsonNode messages =
                request.find("messages")
                        .orElseThrow(
                                () ->
                                        ApiException.invalid(
                                                "messages",
                                                "messages is missing; expected the conversation so"
                                                        + " far"));
        if (!messages.isArray()) {
            throw Fields.wrong("messages", messages, "an array of messages");
        }
        if (messages.isEmpty()) {
            throw ApiException.invalid(
                    "messages", "messages is empty; expected at least a user message");
        }
        List<Message> turns = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            turns.add(message(Fields.object("messages[" + i + "]", messages.get(i))));
        }
        Message last = turns.getLast();
        if (last.role() == Role.USER && last.content().isBlank()) {
            String path = "messages[" + (turns.size() - 1) + "].content";
            throw ApiException.invalid(path, path + " is empty; expected a question");
        }
        return new Conversation(turns);
    }

    private static Message message(Fields fields) {
        Role role = role(fields);
        String content = content(fields);
        Optional<String> reasoning =
                role == Role.ASSISTANT ? fields.text("reasoning_content") : Optional.empty();
        return new Message(role, content, reasoning);
    }

    private static Role role(Fields fields) {
        String role = fields.text("role").orElse("");
        return switch (role) {
            case "system", "developer" -> Role.SYSTEM;
            case "user" -> Role.USER;
            case "assistant" -> Role.ASSISTANT;
            case "tool" -> Role.TOOL;
            default ->
                    throw ApiException.invalid(
                            fields.path("role"),
                            "%s is %s; expected system, user, assistant or tool"
                                    .formatted(
                                            fields.path("role"),
                                            fields.find("role")
                                                    .map(_ -> "another word")
                                                    .orElse("missing")));
        };
    }

    /** A string, or an array of parts of type text. */
    private static String content(Fields fields) {
        String path = fields.path("content");
        JsonNode content =
                fields.find("content")
                        .orElseThrow(
                                () ->
                                        ApiException.invalid(
                                                path, path + " is missing; expected a string"));
        if (content.isTextual()) {
            return Fields.text(path, content);
        }
        if (!content.isArray()) {
            throw Fields.wrong(path, content, "a string or an array of text parts");
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < content.size(); i++) {
            Fields part = Fields.object(path + "[" + i + "]", content.get(i));
            if (!part.text("type").orElse("").equals("text")) {
                throw ApiException.invalid(
                        part.path("type"), part.path("type") + " is not 'text'; only text is read");
            }
            text.append(
                    part.text("text")
                            .orElseThrow(
                                    () ->
                                            ApiException.invalid(
                                                    part.path("text"),
                                                    part.path("text")
                                                            + " is missing; expected a string")));
        }
        return text.toString();
    }

    private MessagesReader() {}
}

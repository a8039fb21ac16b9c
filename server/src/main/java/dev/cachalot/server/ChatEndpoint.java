package dev.cachalot.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cachalot.chat.ChatDelta;
import dev.cachalot.chat.ChatStream;
import dev.cachalot.engine.GenerationException;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.OutputStream;
import java.util.function.Supplier;

/** {@code POST /v1/chat/completions}. Leaving it, for any reason, cancels the generation. */
final class ChatEndpoint {
    private static final byte[] BLANK_LINE = {'\n'};

    private final ServerConfig config;
    private final ChatRequestReader reader;
    private final OpenChats chats;

    ChatEndpoint(ServerConfig config, ModelCatalog catalog, OpenChats chats) {
        this.config = config;
        this.reader = new ChatRequestReader(catalog);
        this.chats = chats;
    }

    void handle(ServerRequest request, ServerResponse response) {
        ChatRequest asked =
                reader.read(Json.object(RequestBody.read(request, config.maxBodyBytes())));
        ChatStream stream = chats.open(asked);
        try {
            if (asked.stream()) {
                stream(asked, stream, response);
            } else {
                whole(asked, stream, response);
            }
        } finally {
            chats.close(stream);
        }
    }

    private void stream(ChatRequest asked, ChatStream stream, ServerResponse response) {
        Supplier<OutputStream> head =
                () -> {
                    response.header(HeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8");
                    return response.outputStream();
                };
        Completion completion = Completion.of(asked.model().id());
        try (LiveOutput out =
                new LiveOutput(head, SseWriter.SIGN_OF_LIFE, config.keepAlive(), stream::close)) {
            SseWriter sse = new SseWriter(out);
            sse.send(completion.opening());
            try {
                for (ChatDelta delta : stream) { // blocks until the engine has more
                    sse.send(completion.chunk(delta));
                }
            } catch (GenerationException brokenOff) {
                sse.send(ApiException.of(brokenOff).json());
                return; // without [DONE]: the answer is not complete
            }
            sse.send(completion.closing(stream.outcome(), asked.includeUsage()));
            if (asked.includeUsage()) {
                sse.send(completion.usageChunk(stream.outcome()));
            }
            sse.done();
        }
    }

    /**
     * A long answer is announced by blank lines before the JSON, as DeepSeek does; what breaks it
     * off then can no longer change the status, only the body.
     */
    private void whole(ChatRequest asked, ChatStream stream, ServerResponse response) {
        Supplier<OutputStream> head =
                () -> {
                    response.header(HeaderNames.CONTENT_TYPE, "application/json");
                    return response.outputStream();
                };
        try (LiveOutput out = new LiveOutput(head, BLANK_LINE, config.keepAlive(), stream::close)) {
            ObjectNode body;
            try {
                body = collect(asked, stream);
            } catch (GenerationException brokenOff) {
                ApiException refusal = ApiException.of(brokenOff);
                if (!out.started()) {
                    throw refusal;
                }
                body = refusal.json();
            }
            out.write(Json.bytes(body));
        }
    }

    private static ObjectNode collect(ChatRequest asked, ChatStream stream) {
        StringBuilder reasoning = new StringBuilder();
        StringBuilder answer = new StringBuilder();
        for (ChatDelta delta : stream) {
            switch (delta) {
                case ChatDelta.Reasoning(String text) -> reasoning.append(text);
                case ChatDelta.Answer(String text) -> answer.append(text);
                case ChatDelta.ToolCallBegin _, ChatDelta.ToolCallArguments _ -> {
                    // no tool is on offer
                }
            }
        }
        return Completion.of(asked.model().id())
                .whole(reasoning.toString(), answer.toString(), stream.outcome());
    }
}

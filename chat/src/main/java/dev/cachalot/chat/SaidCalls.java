package dev.cachalot.chat;

import dev.cachalot.tokenizer.ToolCall;
import java.util.ArrayList;
import java.util.List;

/** The calls of an answer, put together again from their pieces. */
final class SaidCalls {
    private record Call(String id, String name, StringBuilder arguments) {}

    private final List<Call> calls = new ArrayList<>();

    /** Takes a piece; other deltas than those of calls have none. */
    void add(ChatDelta delta) {
        switch (delta) {
            case ChatDelta.ToolCallBegin(int _, String id, String name) ->
                    calls.add(new Call(id, name, new StringBuilder()));
            case ChatDelta.ToolCallArguments(int index, String text) ->
                    calls.get(index).arguments().append(text);
            case ChatDelta.Reasoning _, ChatDelta.Answer _ -> {}
        }
    }

    List<ToolCall> list() {
        return calls.stream()
                .map(call -> new ToolCall(call.id(), call.name(), call.arguments().toString()))
                .toList();
    }
}

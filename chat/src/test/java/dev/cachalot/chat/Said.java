package dev.cachalot.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.tokenizer.ToolCall;
import java.util.List;

/** All pieces of a stream put together; calls without their ids. */
record Said(String reasoning, String answer, List<ToolCall> calls) {
    Said(String reasoning, String answer) {
        this(reasoning, answer, List.of());
    }

    static Said of(Iterable<ChatDelta> deltas) {
        StringBuilder reasoning = new StringBuilder();
        StringBuilder answer = new StringBuilder();
        SaidCalls calls = new SaidCalls();
        int begun = 0;
        for (ChatDelta delta : deltas) {
            assertThat(delta.text()).isNotEmpty();
            calls.add(delta);
            switch (delta) {
                case ChatDelta.Reasoning(String text) -> reasoning.append(text);
                case ChatDelta.Answer(String text) -> answer.append(text);
                case ChatDelta.ToolCallBegin(int index, String _, String _) ->
                        assertThat(index).isEqualTo(begun++);
                case ChatDelta.ToolCallArguments(int index, String _) ->
                        assertThat(index).isEqualTo(begun - 1);
            }
        }
        List<ToolCall> bare =
                calls.list().stream()
                        .map(call -> ToolCall.of(call.name(), call.arguments()))
                        .toList();
        return new Said(reasoning.toString(), answer.toString(), bare);
    }
}

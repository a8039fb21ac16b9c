package dev.cachalot.chat;

/** All pieces of a stream put together. */
record Said(String reasoning, String answer) {
    static Said of(Iterable<ChatDelta> deltas) {
        StringBuilder reasoning = new StringBuilder();
        StringBuilder answer = new StringBuilder();
        for (ChatDelta delta : deltas) {
            switch (delta) {
                case ChatDelta.Reasoning(String text) -> reasoning.append(text);
                case ChatDelta.Answer(String text) -> answer.append(text);
            }
        }
        return new Said(reasoning.toString(), answer.toString());
    }
}

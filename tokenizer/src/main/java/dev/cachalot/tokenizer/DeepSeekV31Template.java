package dev.cachalot.tokenizer;

import static java.util.stream.Collectors.joining;

import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;

/**
 * The chat form of DeepSeek V3.1 (its published tokenizer_config.json).
 *
 * <p>{@code BOS system USER text ASSISTANT </think> text EOS …}; an answer with thinking opens with
 * {@code <think>}, past answers lose their reasoning, several system messages are joined by a blank
 * line in front, and the answer to a tool's output follows it with no mark. Every text is encoded
 * plain, so no message can open a turn.
 */
public final class DeepSeekV31Template implements ChatTemplate {
    private final Tokenizer tokenizer;
    private final int bos;
    private final int eos;
    private final int user;
    private final int assistant;
    private final int think;
    private final int endThink;

    /**
     * @throws TokenizerFormatException when the vocabulary lacks one of the tokens
     */
    public DeepSeekV31Template(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        bos = require(DeepSeekTokens.BOS);
        eos = require(DeepSeekTokens.EOS);
        user = require(DeepSeekTokens.USER);
        assistant = require(DeepSeekTokens.ASSISTANT);
        think = require(DeepSeekTokens.THINK);
        endThink = require(DeepSeekTokens.END_THINK);
    }

    private int require(String token) {
        OptionalInt id = tokenizer.id(token);
        if (id.isEmpty()) {
            throw new TokenizerFormatException(
                    "the vocabulary has no added token '%s'; the V3.1 chat form needs it"
                            .formatted(token));
        }
        return id.getAsInt();
    }

    @Override
    public int[] prompt(Conversation conversation, Thinking thinking) {
        Writer writer = new Writer();
        writer.history(conversation.messages());
        writer.open(thinking);
        return writer.ids.toArray();
    }

    @Override
    public TrainingExample example(Conversation conversation) {
        List<Message> messages = conversation.messages();
        if (messages.isEmpty() || messages.getLast().role() != Role.ASSISTANT) {
            throw new InvalidConversationException(
                    "the conversation ends with %s; expected an assistant message to learn from"
                            .formatted(
                                    messages.isEmpty()
                                            ? "nothing"
                                            : "a " + messages.getLast().role() + " message"));
        }
        Writer writer = new Writer();
        writer.history(messages.subList(0, messages.size() - 1));
        Message answer = messages.getLast();
        writer.open(answer.reasoning().isPresent() ? Thinking.ON : Thinking.OFF);
        writer.answer(answer);
        return new TrainingExample(writer.ids.toArray(), writer.lossMask());
    }

    /** One conversation being written. */
    private final class Writer {
        private final IdBuffer ids = new IdBuffer();
        private final BitSet learned = new BitSet(); // positions with loss
        private Role previous = Role.SYSTEM; // of the last turn; SYSTEM before the first

        void history(List<Message> messages) {
            ids.add(bos);
            text(
                    messages.stream()
                            .filter(message -> message.role() == Role.SYSTEM)
                            .map(Message::content)
                            .collect(joining("\n\n")));
            for (Message message : messages) {
                turn(message);
            }
        }

        private void turn(Message message) {
            switch (message.role()) {
                case SYSTEM -> {} // already in front
                case USER -> {
                    ids.add(user);
                    text(message.content());
                    previous = Role.USER;
                }
                case ASSISTANT -> {
                    open(Thinking.OFF);
                    learn(message.content());
                    learn(eos);
                    previous = Role.ASSISTANT;
                }
                case TOOL -> {
                    if (previous != Role.ASSISTANT && previous != Role.TOOL) {
                        throw new InvalidConversationException(
                                "a TOOL message follows "
                                        + (previous == Role.USER ? "a USER message" : "no turn")
                                        + "; expected an assistant's call before it");
                    }
                    ids.add(require(DeepSeekTokens.TOOL_OUTPUT));
                    text(message.content());
                    ids.add(require(DeepSeekTokens.END_TOOL_OUTPUT));
                    previous = Role.TOOL;
                }
            }
        }

        /**
         * What stands before an answer and is not learned. After a tool's output the form has
         * nothing.
         */
        void open(Thinking thinking) {
            switch (previous) {
                case USER -> {
                    ids.add(assistant);
                    ids.add(
                            switch (thinking) {
                                case ON -> think;
                                case OFF -> endThink;
                            });
                }
                case TOOL -> {}
                case SYSTEM, ASSISTANT ->
                        throw new InvalidConversationException(
                                "an answer is asked for after "
                                        + (previous == Role.SYSTEM
                                                ? "no turn"
                                                : "an ASSISTANT message")
                                        + "; expected a user message or a tool's output before it");
            }
        }

        void answer(Message message) {
            if (message.reasoning().isPresent()) {
                if (previous == Role.TOOL) {
                    throw new InvalidConversationException(
                            "the answer to a tool's output has reasoning; the V3.1 form has no place for it there");
                }
                learn(message.reasoning().get());
                learn(endThink);
            }
            learn(message.content());
            learn(eos);
        }

        private void text(String text) {
            ids.addAll(tokenizer.encodePlain(text));
        }

        private void learn(String text) {
            int from = ids.size();
            text(text);
            learned.set(from, ids.size());
        }

        private void learn(int id) {
            learned.set(ids.size());
            ids.add(id);
        }

        boolean[] lossMask() {
            boolean[] mask = new boolean[ids.size()];
            learned.stream().forEach(position -> mask[position] = true);
            return mask;
        }
    }
}

package dev.cachalot.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.testing.Cases;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DeepSeekV31TemplateTest {
    private final Tokenizer tokenizer = SmallVocabulary.TOKENIZER;
    private final ChatTemplate template = new DeepSeekV31Template(tokenizer);
    private final Conversation question =
            Conversation.of(Message.system("Be brief."), Message.user("What is 47 + 85?"));

    @Test
    void aPromptOpensOrClosesTheThought() {
        assertThat(template.prompt(question, Thinking.ON))
                .isEqualTo(
                        tokenizer.encode(
                                "<｜begin▁of▁sentence｜>Be brief.<｜User｜>What is 47 + 85?<｜Assistant｜><think>"));
        assertThat(template.prompt(question, Thinking.OFF))
                .isEqualTo(
                        tokenizer.encode(
                                "<｜begin▁of▁sentence｜>Be brief.<｜User｜>What is 47 + 85?<｜Assistant｜></think>"));
    }

    @Test
    void pastAnswersLoseTheirReasoningAndSystemTextsStandInFront() {
        Conversation conversation =
                question.plus(Message.assistant("7 + 5 = 12", "132"))
                        .plus(Message.system("In words."))
                        .plus(Message.user("And 1 more?"));
        assertThat(template.prompt(conversation, Thinking.ON))
                .isEqualTo(
                        tokenizer.encode(
                                "<｜begin▁of▁sentence｜>Be brief.\n\nIn words.<｜User｜>What is 47 + 85?"
                                        + "<｜Assistant｜></think>132<｜end▁of▁sentence｜>"
                                        + "<｜User｜>And 1 more?<｜Assistant｜><think>"));
    }

    @Test
    void theAnswerToAToolsOutputFollowsItDirectly() {
        Conversation conversation =
                question.plus(Message.assistant("call"))
                        .plus(Message.tool("132"))
                        .plus(Message.assistant("It is 132."));
        assertThat(tokenizer.decode(template.example(conversation).ids()))
                .isEqualTo(
                        "<｜begin▁of▁sentence｜>Be brief.<｜User｜>What is 47 + 85?<｜Assistant｜></think>call"
                                + "<｜end▁of▁sentence｜><｜tool▁output▁begin｜>132<｜tool▁output▁end｜>It is 132."
                                + "<｜end▁of▁sentence｜>");
    }

    @Test
    void lossIsOnTheAnswersTheirEndsAndTheLastThought() {
        TrainingExample example =
                template.example(
                        question.plus(Message.assistant("old thought", "132"))
                                .plus(Message.user("And 1 more?"))
                                .plus(Message.assistant("132 + 1 = 133", "133")));
        assertThat(learned(example))
                .isEqualTo("132<｜end▁of▁sentence｜>132 + 1 = 133</think>133<｜end▁of▁sentence｜>");
    }

    @Test
    void aDirectAnswerHasNoLossOnTheClosedThought() {
        TrainingExample example = template.example(question.plus(Message.assistant("132")));
        assertThat(learned(example)).isEqualTo("132<｜end▁of▁sentence｜>");
        assertThat(tokenizer.decode(example.ids()))
                .endsWith("<｜Assistant｜></think>132<｜end▁of▁sentence｜>");
    }

    private String learned(TrainingExample example) {
        int[] ids = new int[example.ids().length];
        int count = 0;
        for (int i = 0; i < ids.length; i++) {
            if (example.lossMask()[i]) {
                ids[count++] = example.ids()[i];
            }
        }
        return tokenizer.decode(Arrays.copyOf(ids, count));
    }

    @Test
    void thePromptIsAPrefixOfTheExampleAndTheRestIsLearned() {
        Cases.forAll(
                500,
                random -> {
                    Conversation conversation = randomConversation(random);
                    boolean thinks =
                            conversation.messages().getLast().role() == Role.USER
                                    && random.nextBoolean();
                    Message answer =
                            thinks
                                    ? Message.assistant(text(random), text(random))
                                    : Message.assistant(text(random));
                    int[] prompt =
                            template.prompt(conversation, thinks ? Thinking.ON : Thinking.OFF);
                    TrainingExample example = template.example(conversation.plus(answer));
                    assertThat(example.ids()).startsWith(prompt);
                    for (int i = prompt.length; i < example.ids().length; i++) {
                        assertThat(example.lossMask()[i]).isTrue();
                    }
                    assertThat(example.lossMask()[prompt.length - 1]).isFalse();
                });
    }

    @Test
    void noTextOpensATurnAndThereIsOneStart() {
        int user = tokenizer.id(DeepSeekTokens.USER).orElseThrow();
        Cases.forAll(
                500,
                random -> {
                    Conversation conversation = randomConversation(random);
                    int[] ids = template.prompt(conversation, Thinking.ON);
                    long turns =
                            conversation.messages().stream()
                                    .filter(m -> m.role() == Role.USER)
                                    .count();
                    assertThat(Arrays.stream(ids).filter(id -> id == user).count())
                            .isEqualTo(turns);
                    assertThat(ids[0]).isEqualTo(tokenizer.bosId().orElseThrow());
                    assertThat(Arrays.stream(ids).filter(id -> id == ids[0]).count()).isOne();
                });
    }

    private static Conversation randomConversation(SplittableRandom random) {
        List<Message> messages = new ArrayList<>();
        if (random.nextBoolean()) {
            messages.add(Message.system(text(random)));
        }
        for (int turns = random.nextInt(3); turns > 0; turns--) {
            messages.add(Message.user(text(random)));
            messages.add(
                    random.nextBoolean()
                            ? Message.assistant(text(random))
                            : Message.assistant(text(random), text(random)));
        }
        messages.add(Message.user(text(random)));
        if (random.nextInt(4) == 0) {
            messages.add(Message.assistant(text(random)));
            messages.add(Message.tool(text(random)));
        }
        return new Conversation(messages);
    }

    private static String text(SplittableRandom random) {
        return SmallVocabulary.randomText(random, 6);
    }

    @Test
    void conversationsWithoutAFormAreNamed() {
        assertThatThrownBy(() -> template.prompt(new Conversation(List.of()), Thinking.ON))
                .isInstanceOf(InvalidConversationException.class)
                .hasMessageContaining("after no turn; expected a user message");
        assertThatThrownBy(
                        () -> template.prompt(question.plus(Message.assistant("132")), Thinking.ON))
                .hasMessageContaining("after an ASSISTANT message");
        assertThatThrownBy(() -> template.example(question))
                .hasMessageContaining("ends with a USER message; expected an assistant message");
        assertThatThrownBy(() -> template.prompt(question.plus(Message.tool("1")), Thinking.ON))
                .hasMessageContaining("TOOL message follows a USER message");
        assertThatThrownBy(() -> new Message(Role.USER, "a", java.util.Optional.of("b")))
                .hasMessageContaining("a USER message has reasoning");
        assertThatThrownBy(
                        () -> template.prompt(Conversation.of(Message.user("\uD83D")), Thinking.ON))
                .isInstanceOf(InvalidTextException.class);
    }

    @Test
    void aVocabularyWithoutTheTokensIsNamed() {
        Tokenizer bare =
                new BytePairTokenizer(
                        new BytePairTrainer(256, PreTokenizer.named("gpt-2"), List.of())
                                .train(List.of()));
        assertThatThrownBy(() -> new DeepSeekV31Template(bare))
                .isInstanceOf(TokenizerFormatException.class)
                .hasMessageContaining("'<｜begin▁of▁sentence｜>'");
    }
}

package dev.cachalot.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.chat.ByteTokenizer;
import dev.cachalot.chat.ChatService;
import dev.cachalot.chat.ScriptedGenerator;
import dev.cachalot.engine.StoppedException;
import dev.cachalot.tasks.ArithmeticSuite;
import dev.cachalot.tasks.Language;
import dev.cachalot.tasks.Problem;
import dev.cachalot.tokenizer.DeepSeekV31Template;
import dev.cachalot.tokenizer.Thinking;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class EvaluationTest {
    private static final ByteTokenizer TOKENIZER = new ByteTokenizer();
    private static final List<Problem> PROBLEMS = ArithmeticSuite.problems(Language.ENGLISH, 12, 1);

    private static Evaluation evaluation(ScriptedGenerator generator, int maxTokens) {
        ChatService chat =
                new ChatService(
                        generator, TOKENIZER, new DeepSeekV31Template(TOKENIZER), "fake", true);
        return new Evaluation(chat, Thinking.ON, maxTokens, 3);
    }

    private static String text(int[] ids) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : ids) {
            bytes.writeBytes(TOKENIZER.bytes(id));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Thinks, then says the answer to the problem that the prompt holds; some are wrong. */
    private static ScriptedGenerator knowing(List<Problem> unknown) {
        return new ScriptedGenerator(
                request -> {
                    String prompt = text(request.prompt());
                    Problem asked =
                            PROBLEMS.stream()
                                    .filter(problem -> prompt.contains(problem.question()))
                                    .findFirst()
                                    .orElseThrow();
                    String answer = unknown.contains(asked) ? "no idea" : asked.answer();
                    return TOKENIZER.encode(
                            "about "
                                    + asked.key()
                                    + "</think>"
                                    + answer
                                    + "<\uFF5Cend\u2581of\u2581sentence\uFF5C>");
                });
    }

    @Test
    void answersAreGradedInTheOrderOfTheProblemsWhateverEndsFirst() throws InterruptedException {
        List<Problem> unknown = List.of(PROBLEMS.get(2), PROBLEMS.get(7));
        List<Integer> progress = new ArrayList<>();
        List<GradedAnswer> answers =
                evaluation(knowing(unknown).slowly(1), 500).run(PROBLEMS, progress::add);
        assertThat(answers).extracting(GradedAnswer::problem).isEqualTo(PROBLEMS);
        assertThat(answers)
                .allSatisfy(
                        graded -> {
                            assertThat(graded.correct())
                                    .isEqualTo(!unknown.contains(graded.problem()));
                            assertThat(graded.finished()).isTrue();
                            assertThat(graded.reasoning())
                                    .isEqualTo("about " + graded.problem().key());
                        });
        assertThat(progress).hasSize(12).endsWith(12).isSorted();
    }

    @Test
    void anAnswerThatRanOutOfTokensIsWrongWhateverItSaidSoFar() throws InterruptedException {
        Problem problem = PROBLEMS.getFirst();
        String text = "</think>" + problem.answer() + " or so, I think";
        int most = TOKENIZER.encode("</think>" + problem.answer()).length;
        GradedAnswer graded =
                evaluation(ScriptedGenerator.saying(text), most)
                        .run(List.of(problem), _ -> {})
                        .getFirst();
        assertThat(graded.answer()).isEqualTo(problem.answer());
        assertThat(graded.finished()).isFalse();
        assertThat(graded.correct()).isFalse();
    }

    @Test
    void aModelThatFailsEndsTheEvaluation() {
        assertThatThrownBy(
                        () ->
                                evaluation(ScriptedGenerator.saying("hm").failingAfter(1), 50)
                                        .run(PROBLEMS, _ -> {}))
                .isInstanceOf(StoppedException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void anInterruptCancelsTheOpenAnswers() throws InterruptedException {
        ScriptedGenerator generator = knowing(List.of()).slowly(60_000);
        List<Throwable> ends = new ArrayList<>();
        Thread asking =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        evaluation(generator, 500).run(PROBLEMS, _ -> {});
                                    } catch (InterruptedException e) {
                                        ends.add(e);
                                    }
                                });
        while (generator.requests.size() < 3) {
            Thread.onSpinWait();
        }
        asking.interrupt();
        asking.join();
        assertThat(ends).hasSize(1);
        assertThat(generator.cancelled.await(10, TimeUnit.SECONDS)).isTrue();
    }
}

package dev.cachalot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.engine.Speculation;
import dev.cachalot.eval.ArithmeticReport;
import dev.cachalot.eval.Evaluation;
import dev.cachalot.eval.GradedAnswer;
import dev.cachalot.eval.Score;
import dev.cachalot.library.LoadOptions;
import dev.cachalot.library.LoadedModel;
import dev.cachalot.library.ModelLoader;
import dev.cachalot.tasks.ArithmeticSuite;
import dev.cachalot.tasks.Kind;
import dev.cachalot.tasks.Language;
import dev.cachalot.tasks.Problem;
import dev.cachalot.tensor.Rung;
import dev.cachalot.testing.Repository;
import dev.cachalot.tokenizer.Thinking;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The model in the repository is the one that the README describes. */
class EmbeddedModelTest {
    private static final Path MODEL = Repository.embeddedModel();

    @Test
    void itIsTheFileWhoseChecksumTheReadmeGivesAndSmall() throws Exception {
        byte[] file = Files.readAllBytes(MODEL);
        String sum = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
        Path root = Repository.root();
        assertThat(Files.readString(root.resolve("README.md"))).contains("sha256  " + sum);
        assertThat(Files.readString(root.resolve("docs/models/cachalot-v0/README.md")))
                .contains("sha256  " + sum);
        assertThat(file).hasSizeLessThanOrEqualTo(12_000_000);
    }

    @Test
    void theReadmesFirstQuestionGetsTheReadmesAnswer() throws Exception {
        String question = "What is 47 + 85?";
        Run run = Run.of("chat", "--model", MODEL.toString(), question);
        assertThat(run.code()).as(run.err()).isZero();
        String readme = Files.readString(Repository.root().resolve("README.md"));
        assertThat(readme).contains("./cachalot chat \"" + question + "\"").contains(run.out());
        assertThat(run.out()).contains("7+5=12").endsWith("\n132\n");
    }

    @Test
    void aSampleOfTheHeldOutProblemsIsRightWithThinkingAndProductsAndChainsAreNotWithout()
            throws Exception {
        List<Problem> problems =
                Stream.of(Language.values())
                        .flatMap(language -> ArithmeticSuite.problems(language, 36, 2).stream())
                        .toList();
        try (LoadedModel loaded = ModelLoader.load(MODEL, LoadOptions.defaults())) {
            ArithmeticReport with = report(loaded, Thinking.ON, problems);
            ArithmeticReport without = report(loaded, Thinking.OFF, problems);
            assertThat(with.total().percent()).as(with.text()).isGreaterThanOrEqualTo(95);
            assertThat(hard(with).percent() - hard(without).percent())
                    .as(without.text())
                    .isGreaterThanOrEqualTo(20);
        }
    }

    /** Thinking in columns repeats the digits of the question; look-up guesses them. */
    @Test
    void guessesByLookUpSaveForwardsAndChangeNoAnswer() throws Exception {
        List<Problem> problems = ArithmeticSuite.problems(Language.ENGLISH, 6, 2);
        List<List<GradedAnswer>> answers = new ArrayList<>();
        List<Long> forwards = new ArrayList<>();
        for (Speculation speculation : List.of(Speculation.OFF, Speculation.LOOKUP)) {
            LoadOptions options =
                    new LoadOptions(1, OptionalInt.empty(), Rung.fastest(), speculation);
            try (LoadedModel loaded = ModelLoader.load(MODEL, options)) {
                Evaluation evaluation =
                        new Evaluation(ChatCommand.serve(loaded), Thinking.ON, 600, 1);
                answers.add(evaluation.run(problems, _ -> {}));
                forwards.add(loaded.engine().stats().steps());
            }
        }
        assertThat(answers.get(1)).isEqualTo(answers.get(0));
        assertThat(forwards.get(1)).isLessThan(forwards.get(0) * 9 / 10);
    }

    private static Score hard(ArithmeticReport report) {
        return report.score(List.of(Language.values()), List.of(Kind.PRODUCT, Kind.CHAIN));
    }

    private static ArithmeticReport report(
            LoadedModel loaded, Thinking thinking, List<Problem> problems) throws Exception {
        List<GradedAnswer> answers =
                new Evaluation(ChatCommand.serve(loaded), thinking, 600, 16).run(problems, _ -> {});
        return new ArithmeticReport("sample", answers);
    }
}

package dev.cachalot.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.tasks.Kind;
import dev.cachalot.tasks.Language;
import dev.cachalot.tasks.Problem;
import dev.cachalot.tasks.Split;
import dev.cachalot.tokenizer.BytePairTokenizer;
import dev.cachalot.tokenizer.DeepSeekTokens;
import dev.cachalot.tokenizer.DeepSeekV31Template;
import dev.cachalot.tokenizer.TokenizerSpec;
import dev.cachalot.tokenizer.TrainingExample;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a step learns from: examples, micro-batches, the vocabulary. */
class DataTest {
    private static final Recipe RECIPE =
            RecipeReader.parse("{\"tokenizer\": {\"vocab-size\": 450, \"problems\": 20}}", "test");
    private static final TokenizerSpec SPEC = TokenizerBuilding.build(RECIPE);
    private static final BytePairTokenizer TOKENIZER = new BytePairTokenizer(SPEC);

    @Test
    void problemsOfTheTestSplitNeverOccurInTraining() {
        ProblemExamples examples = examples(RECIPE.data());
        for (long i = 0; i < 3000; i++) {
            Problem problem = examples.problem(i);
            if (problem.kind() != Kind.SMALL_TALK) {
                assertThat(Split.of(problem.key())).as(problem.question()).isEqualTo(Split.TRAIN);
            }
        }
    }

    @Test
    void everyLanguageAndKindOccursAndHalfOfAllExamplesThink() {
        ProblemExamples examples = examples(RECIPE.data());
        Set<Language> languages = EnumSet.noneOf(Language.class);
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        int thinking = 0;
        int think = TOKENIZER.id(DeepSeekTokens.THINK).orElseThrow();
        for (long i = 0; i < 200; i++) {
            languages.add(examples.problem(i).language());
            kinds.add(examples.problem(i).kind());
            int[] ids = examples.example(i).ids();
            boolean thinks = Arrays.stream(ids).anyMatch(id -> id == think);
            assertThat(thinks).isEqualTo(examples.isThinking(i));
            thinking += thinks ? 1 : 0;
        }
        assertThat(languages).containsExactlyInAnyOrder(Language.values());
        assertThat(kinds).containsExactlyInAnyOrder(Kind.values());
        assertThat(thinking).isEqualTo(100);
    }

    @Test
    void anExampleDependsOnItsIndexAlone() {
        int[] late = examples(RECIPE.data()).example(1_000_000).ids();
        ProblemExamples other = examples(RECIPE.data());
        other.example(3);
        assertThat(other.example(1_000_000).ids()).isEqualTo(late);
        assertThat(other.example(1_000_002).ids()).isNotEqualTo(late);
    }

    @Test
    void aFixedNumberOfProblemsComesAgain() {
        DataRecipe twenty = RecipeReader.parse("{\"data\": {\"problems\": 20}}", "test").data();
        ProblemExamples examples = examples(twenty);
        assertThat(examples.example(27).ids()).isEqualTo(examples.example(7).ids());
        assertThat(examples.example(8).ids()).isNotEqualTo(examples.example(7).ids());
    }

    @Test
    void digitsAreTokensOfTheirOwnAndControlTokensAreThere() {
        assertThat(SPEC.tokens()).hasSize(450);
        assertThat(TOKENIZER.encodePlain("4097")).hasSize(4);
        new DeepSeekV31Template(TOKENIZER); // would throw
        assertThat(TokenizerBuilding.build(RECIPE)).isEqualTo(SPEC);
    }

    @Test
    void aVocabularyTooSmallForTheBytesIsRefused() {
        Recipe small = RecipeReader.parse("{\"tokenizer\": {\"vocab-size\": 200}}", "test");
        assertThatThrownBy(() -> TokenizerBuilding.build(small))
                .isInstanceOf(TrainingSetupException.class)
                .hasMessageContaining("'vocab-size' is 200; expected at least 265");
    }

    @Test
    void rowTPredictsTokenTPlusOneAndTheBlockTPlusTwo() {
        TrainingExample first = example(new int[] {10, 11, 12, 13}, false, false, true, true);
        TrainingExample second = example(new int[] {20, 21, 22}, false, true, true);
        MicroBatch micro = MicroBatch.of(List.of(first, second));
        assertThat(micro.batch().ids()).containsExactly(10, 11, 12, 20, 21);
        assertThat(micro.batch().positions()).containsExactly(0, 1, 2, 0, 1);
        assertThat(micro.batch().logitRows()).containsExactly(1, 2, 3, 4);
        assertThat(micro.targets()).containsExactly(12, 13, 21, 22);
        assertThat(micro.exampleOf()).containsExactly(0, 0, 1, 1);
        assertThat(micro.nextIds()).containsExactly(11, 12, 13, 21, 22);
        assertThat(micro.nextRows()).containsExactly(0, 1, 3);
        assertThat(micro.nextTargets()).containsExactly(12, 13, 22);
    }

    @Test
    void stepsHoldWholeExamplesInOrderWithinTheirBudgets() {
        ExampleSource source =
                index -> example(new int[2 + (int) (index * 7 % 11)]); // 1 to 11 rows
        Packer packer = new Packer(source, new Recipe.BatchRecipe(40, 16), 64);
        long cursor = 0;
        for (int step = 0; step < 20; step++) {
            Packer.Step next = packer.next(cursor);
            int rows = 0;
            int examples = 0;
            for (MicroBatch micro : next.microBatches()) {
                assertThat(micro.batch().rows()).isBetween(1, 16);
                rows += micro.batch().rows();
                examples += micro.examples();
            }
            assertThat(rows).isEqualTo(next.rows()).isBetween(30, 40);
            assertThat(next.cursor()).isEqualTo(cursor + examples);
            cursor = next.cursor();
        }
    }

    @Test
    void examplesThatDoNotFitAreCountedAndPassedOver() {
        ExampleSource source = index -> example(new int[index % 3 == 0 ? 100 : 5]);
        Packer.Step step = new Packer(source, new Recipe.BatchRecipe(24, 24), 50).next(0);
        assertThat(step.rows()).isEqualTo(24);
        assertThat(step.skipped()).isEqualTo(4); // 0, 3, 6, 9
        assertThatThrownBy(
                        () ->
                                new Packer(
                                                _ -> example(new int[100]),
                                                new Recipe.BatchRecipe(24, 24),
                                                50)
                                        .next(0))
                .isInstanceOf(TrainingSetupException.class)
                .hasMessageContaining("99 tokens")
                .hasMessageContaining("allow 24");
    }

    private static ProblemExamples examples(DataRecipe data) {
        return new ProblemExamples(data, Split.TRAIN, 5, new DeepSeekV31Template(TOKENIZER));
    }

    private static TrainingExample example(int[] ids, boolean... mask) {
        boolean[] all = new boolean[ids.length];
        Arrays.fill(all, true);
        return new TrainingExample(ids, mask.length == 0 ? all : mask);
    }
}

package dev.cachalot.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeReaderTest {

    @Test
    void whatIsLeftOutTakesItsDefault() {
        assertThat(RecipeReader.parse("{}", "test")).isEqualTo(Recipe.DEFAULTS);
        Recipe recipe = RecipeReader.parse("{\"schedule\": {\"steps\": 7}}", "test");
        assertThat(recipe.schedule().steps()).isEqualTo(7);
        assertThat(recipe.schedule().peakLearningRate())
                .isEqualTo(Recipe.DEFAULTS.schedule().peakLearningRate());
    }

    @Test
    void theResolvedRecipeReadsBackAsItself() {
        Recipe recipe =
                RecipeReader.parse(
                        """
                        {"model": {"q_lora_rank": null, "topk_method": "greedy"},
                         "data": {"kinds": {"word-problem": 2}}, "export": {"type": "BF16"}}
                        """,
                        "test");
        assertThat(recipe.data().kinds()).containsOnlyKeys("word-problem");
        assertThat(RecipeReader.parse(RecipeReader.write(recipe), "again")).isEqualTo(recipe);
        assertThat(RecipeReader.hash(recipe)).isNotEqualTo(RecipeReader.hash(Recipe.DEFAULTS));
    }

    @Test
    void modelKeysAreThoseOfHuggingFace() {
        assertThat(RecipeReader.write(Recipe.DEFAULTS))
                .contains(
                        "\"first_k_dense_replace\"",
                        "\"qk_nope_head_dim\"",
                        "\"num_experts_per_tok\"",
                        "\"norm_topk_prob\"",
                        "\"v_head_dim\"",
                        "\"n_routed_experts\"",
                        "\"peak-learning-rate\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"model\": {\"hiden_size\": 3}} | 'model.hiden_size' is not known; did you mean 'hidden_size'",
                "{\"name\": \"../x\"} | 'name' is '../x'; expected a name for the model of letters",
                "{\"precison\": \"bf16\"} | 'precison' is not known; did you mean 'precision'",
                "{\"precision\": \"bf8\"} | 'precision' is \"bf8\"; expected one of [\"fp32\",\"bf16\"]",
                "{\"sed\": 3} | 'sed' is not known; did you mean 'seed'",
                "{\"schedule\": {\"steps\": \"many\"}} | 'schedule.steps' is \"many\"; expected a whole number",
                "{\"schedule\": {\"steps\": 1.5}} | 'schedule.steps'",
                "{\"schedule\": {\"steps\": 0}} | 'steps' is 0; expected at least 1",
                "{\"schedule\": 3} | 'schedule' is 3; expected an object",
                "{\"schedule\": null} | 'schedule' is null; leave it out",
                "{\"schedule\": {\"min-learning-rate\": 1}} | 'min-learning-rate' is 1; expected 0 to 0.002",
                "{\"data\": {\"languages\": {\"fr\": 1}}} | 'fr' in 'languages' is not known; did you mean 'e",
                "{\"data\": {\"kinds\": {}}} | 'kinds' has no share above 0",
                "{\"data\": {\"thinking-share\": 1.1}} | 'thinking-share' is 1.1; expected 0 to 1",
                "{\"model\": {\"scoring_func\": \"tanh\"}} | expected one of [\"softmax\",\"sigmoid\"]",
                "{\"batch\": {\"tokens\": 5}} | 'micro-batch-tokens' is 8192; expected 1 to 5",
                "{\"seed\": 1, \"seed\": 2} | Duplicate field 'seed'",
                "{\"seed\": 1 | line 1",
                "{\"seed\": 1} 2 | something follows the closing brace",
                "[] | holds no JSON object",
            })
    void aMistakeIsNamedWithWhatWouldBeRight(String json, String message) {
        assertThatThrownBy(() -> RecipeReader.parse(json, "r.json"))
                .isInstanceOf(RecipeException.class)
                .hasMessageStartingWith("r.json")
                .hasMessageContaining(message);
    }

    @Test
    void aMissingFileAndOneThatIsNoTextAreSaidSo(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> RecipeReader.read(folder.resolve("none.json")))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("there is no recipe");
        Path binary = Files.write(folder.resolve("b.json"), new byte[] {(byte) 0xff, 0, 1});
        assertThatThrownBy(() -> RecipeReader.read(binary))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("not UTF-8");
    }

    @Test
    void theRateRisesThenFallsAlongACosine() {
        ScheduleRecipe schedule = new ScheduleRecipe(100, 0, 10, 1e-3, 1e-4);
        assertThat(schedule.learningRate(1, 0)).isEqualTo(1e-4);
        assertThat(schedule.learningRate(10, 0)).isEqualTo(1e-3);
        assertThat(schedule.learningRate(50, 0.5)).isCloseTo(5.5e-4, within());
        assertThat(schedule.learningRate(100, 1)).isCloseTo(1e-4, within());
    }

    @Test
    void progressIsThatOfStepsOrOfTimeWhicheverIsFurther() {
        ScheduleRecipe schedule = new ScheduleRecipe(100, 10, 0, 1e-3, 0);
        assertThat(schedule.progress(51, 60)).isEqualTo(0.5);
        assertThat(schedule.progress(51, 480)).isEqualTo(0.8);
        assertThat(schedule.progress(51, 1e9)).isEqualTo(1);
    }

    private static org.assertj.core.data.Offset<Double> within() {
        return org.assertj.core.data.Offset.offset(1e-12);
    }
}

package dev.cachalot.train;

import dev.cachalot.tasks.Kind;
import dev.cachalot.tasks.Language;
import dev.cachalot.tasks.Problem;
import dev.cachalot.tasks.Problems;
import dev.cachalot.tasks.Split;
import dev.cachalot.tokenizer.BytePairTrainer;
import dev.cachalot.tokenizer.DeepSeekTokens;
import dev.cachalot.tokenizer.PreTokenizer;
import dev.cachalot.tokenizer.TokenizerSpec;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Learns the vocabulary of a run from generated problems of the training split. */
final class TokenizerBuilding {
    /** The vocabulary that a recipe asks for, with the control tokens of the chat form. */
    static TokenizerSpec build(Recipe recipe) {
        PreTokenizer digits =
                PreTokenizer.named(recipe.tokenizer().splitDigits() ? "cachalot" : "deepseek-v3");
        int least = 256 + DeepSeekTokens.CHAT.size();
        if (recipe.tokenizer().vocabSize() < least) {
            throw new TrainingSetupException(
                    "'vocab-size' is "
                            + recipe.tokenizer().vocabSize()
                            + "; expected at least "
                            + least
                            + ": 256 bytes and "
                            + DeepSeekTokens.CHAT.size()
                            + " control tokens");
        }
        return new BytePairTrainer(recipe.tokenizer().vocabSize(), digits, DeepSeekTokens.CHAT)
                .train(texts(recipe));
    }

    private static Stream<String> texts(Recipe recipe) {
        return wanted(recipe.data().languageShares())
                .flatMap(
                        language ->
                                wanted(recipe.data().kindShares())
                                        .flatMap(kind -> texts(recipe, language, kind)));
    }

    private static <E extends Enum<E>> Stream<E> wanted(Map<E, Double> shares) {
        return shares.entrySet().stream().filter(e -> e.getValue() > 0).map(Map.Entry::getKey);
    }

    private static Stream<String> texts(Recipe recipe, Language language, Kind kind) {
        long stream = (long) (language.code() + " " + kind.name()).hashCode() << 24;
        return LongStream.range(0, recipe.tokenizer().problems())
                .mapToObj(
                        index ->
                                Problems.next(
                                        Numbers.randomOf(recipe.seed() ^ stream, index),
                                        language,
                                        kind,
                                        Split.TRAIN))
                .flatMap(TokenizerBuilding::texts);
    }

    /** Each on its own, as the chat form encodes them. */
    private static Stream<String> texts(Problem problem) {
        return Stream.of(problem.question(), problem.reasoning(), problem.answer());
    }

    private TokenizerBuilding() {}
}

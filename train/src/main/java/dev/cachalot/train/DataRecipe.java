package dev.cachalot.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.KebabCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.cachalot.tasks.Kind;
import dev.cachalot.tasks.Language;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What is learned. Shares need not sum to one.
 *
 * @param languages share of each language, by its two-letter code
 * @param kinds share of each kind of problem, by its name in lower case with dashes
 * @param thinkingShare share of examples that reason before they answer, kept exactly
 * @param earlierTurns share of examples that follow one or two earlier questions and their answers,
 *     as in a conversation that goes on
 * @param problems number of different examples, after which they come again; 0 for ever new ones
 * @param sequenceLength tokens of an example of {@link Source#RANDOM}
 */
@JsonNaming(KebabCaseStrategy.class)
public record DataRecipe(
        Source source,
        Map<String, Double> languages,
        Map<String, Double> kinds,
        double thinkingShare,
        double earlierTurns,
        long problems,
        int sequenceLength) {

    /** Where examples come from. */
    public enum Source {
        /** Generated problems of the training split. */
        @JsonProperty("problems")
        PROBLEMS,
        /** Random tokens, all scored: for measuring speed. */
        @JsonProperty("random")
        RANDOM
    }

    static final DataRecipe DEFAULTS =
            new DataRecipe(
                    Source.PROBLEMS, evenly(languageNames()), evenly(kindNames()), 0.5, 0, 0, 512);

    public DataRecipe {
        languages = sorted(languages);
        kinds = sorted(kinds);
        Numbers.requireBetween("thinking-share", thinkingShare, 0, 1);
        Numbers.requireBetween("earlier-turns", earlierTurns, 0, 1);
        Numbers.requireAtLeast("problems", (double) problems, 0);
        Numbers.requireAtLeast("sequence-length", sequenceLength, 2);
        checkShares("languages", languages, languageNames());
        checkShares("kinds", kinds, kindNames());
    }

    private static List<String> languageNames() {
        return Stream.of(Language.values()).map(Language::code).toList();
    }

    private static List<String> kindNames() {
        return Stream.of(Kind.values()).map(DataRecipe::name).toList();
    }

    private static String name(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Map<String, Double> evenly(List<String> names) {
        Map<String, Double> shares = new TreeMap<>();
        names.forEach(name -> shares.put(name, 1.0));
        return shares;
    }

    private static Map<String, Double> sorted(Map<String, Double> shares) {
        return Collections.unmodifiableMap(new TreeMap<>(shares));
    }

    private static void checkShares(String key, Map<String, Double> shares, List<String> known) {
        double sum = 0;
        for (Map.Entry<String, Double> share : shares.entrySet()) {
            if (!known.contains(share.getKey())) {
                throw new IllegalArgumentException(
                        "'"
                                + share.getKey()
                                + "' in '"
                                + key
                                + "' is not known; did you mean '"
                                + Nearest.to(share.getKey(), known)
                                + "'? Known are "
                                + known);
            }
            Numbers.requireAtLeast(key + "." + share.getKey(), share.getValue(), 0);
            sum += share.getValue();
        }
        if (!(sum > 0)) {
            throw new IllegalArgumentException(
                    "'" + key + "' has no share above 0; give one of " + known);
        }
    }

    /** Shares by language. */
    Map<Language, Double> languageShares() {
        Map<Language, Double> shares = new EnumMap<>(Language.class);
        for (Language language : Language.values()) {
            shares.put(language, languages.getOrDefault(language.code(), 0.0));
        }
        return shares;
    }

    /** Shares by kind. */
    Map<Kind, Double> kindShares() {
        Map<Kind, Double> shares = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            shares.put(kind, kinds.getOrDefault(name(kind), 0.0));
        }
        return shares;
    }
}

package dev.cachalot.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.cachalot.model.MlaConfig;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.MoeConfig;
import dev.cachalot.model.RopeConfig;
import dev.cachalot.tensor.RouteRule;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Sizes of the model to train, keys as in Hugging Face's {@code config.json}; see {@link
 * ModelConfig}. The vocabulary's size comes from the tokenizer.
 *
 * @param qLoraRank null for a direct projection of queries
 * @param nRoutedExperts 0 for a model of dense layers only
 */
@JsonNaming(SnakeCaseStrategy.class)
public record ModelRecipe(
        int hiddenSize,
        int numHiddenLayers,
        int intermediateSize,
        int numAttentionHeads,
        @Nullable Integer qLoraRank,
        int kvLoraRank,
        int qkNopeHeadDim,
        int qkRopeHeadDim,
        int vHeadDim,
        int nRoutedExperts,
        int nSharedExperts,
        int numExpertsPerTok,
        int moeIntermediateSize,
        @JsonProperty("first_k_dense_replace") int firstKDenseReplace,
        int nGroup,
        int topkGroup,
        ScoringFunc scoringFunc,
        TopkMethod topkMethod,
        boolean normTopkProb,
        double routedScalingFactor,
        double rmsNormEps,
        double ropeTheta,
        int maxPositionEmbeddings,
        int numNextnPredictLayers) {

    /** How a router's logits become scores. */
    public enum ScoringFunc {
        @JsonProperty("softmax")
        SOFTMAX,
        @JsonProperty("sigmoid")
        SIGMOID
    }

    /** How experts are chosen. */
    public enum TopkMethod {
        /** The best scores (DeepSeek-V2-Lite). */
        @JsonProperty("greedy")
        GREEDY,
        /** The best scores of the best groups, a group ranked by its best (DeepSeek-V2). */
        @JsonProperty("group_limited_greedy")
        GROUP_LIMITED_GREEDY,
        /** As above with a correction bias, a group ranked by its best two (DeepSeek-V3). */
        @JsonProperty("noaux_tc")
        NOAUX_TC
    }

    static final ModelRecipe DEFAULTS =
            new ModelRecipe(
                    256,
                    4,
                    704,
                    8,
                    128,
                    64,
                    32,
                    16,
                    32,
                    16,
                    1,
                    2,
                    176,
                    0,
                    1,
                    1,
                    ScoringFunc.SIGMOID,
                    TopkMethod.NOAUX_TC,
                    true,
                    1,
                    1e-6,
                    10_000,
                    512,
                    0);

    /** The model's configuration with a vocabulary of this size. */
    ModelConfig config(int vocabSize) {
        return new ModelConfig(
                "deepseek2",
                vocabSize,
                hiddenSize,
                numHiddenLayers,
                intermediateSize,
                (float) rmsNormEps,
                maxPositionEmbeddings,
                new MlaConfig(
                        numAttentionHeads,
                        qLoraRank == null ? OptionalInt.empty() : OptionalInt.of(qLoraRank),
                        kvLoraRank,
                        qkNopeHeadDim,
                        qkRopeHeadDim,
                        vHeadDim),
                new RopeConfig(ropeTheta, Optional.empty()),
                nRoutedExperts == 0 ? Optional.empty() : Optional.of(moe()),
                numNextnPredictLayers);
    }

    private MoeConfig moe() {
        RouteRule rule =
                new RouteRule(
                        switch (scoringFunc) {
                            case SOFTMAX -> RouteRule.Scoring.SOFTMAX;
                            case SIGMOID -> RouteRule.Scoring.SIGMOID;
                        },
                        numExpertsPerTok,
                        topkMethod == TopkMethod.GREEDY ? 1 : nGroup,
                        topkMethod == TopkMethod.GREEDY ? 1 : topkGroup,
                        topkMethod == TopkMethod.NOAUX_TC
                                ? RouteRule.GroupScore.SUM_OF_TOP_TWO
                                : RouteRule.GroupScore.MAX,
                        normTopkProb,
                        (float) routedScalingFactor);
        return new MoeConfig(
                nRoutedExperts,
                nSharedExperts,
                moeIntermediateSize,
                firstKDenseReplace,
                rule,
                topkMethod == TopkMethod.NOAUX_TC);
    }
}

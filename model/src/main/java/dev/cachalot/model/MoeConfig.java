package dev.cachalot.model;

import dev.cachalot.tensor.RouteRule;

/**
 * Sizes of a mixture of experts (DeepSeek-V2 section 2.2, DeepSeek-V3 section 2.1.2).
 *
 * @param moeIntermediateSize width of one expert
 * @param nSharedExperts experts that every token visits, kept as one SwiGLU of that multiple of the
 *     width; 0 for none
 * @param firstKDenseReplace leading layers with a plain feed-forward instead
 * @param route how experts are chosen
 * @param correctionBias whether the file holds a bias that is added to the scores for choosing
 */
public record MoeConfig(
        int nRoutedExperts,
        int nSharedExperts,
        int moeIntermediateSize,
        int firstKDenseReplace,
        RouteRule route,
        boolean correctionBias) {

    public MoeConfig {
        Sizes.checkPositive("n_routed_experts", nRoutedExperts);
        Sizes.checkPositive("moe_intermediate_size", moeIntermediateSize);
        if (nSharedExperts > 0) {
            Sizes.product("the width of the shared experts", nSharedExperts, moeIntermediateSize);
        }
        if (nSharedExperts < 0 || firstKDenseReplace < 0) {
            throw new UnsupportedModelException(
                    "n_shared_experts is "
                            + nSharedExperts
                            + " and first_k_dense_replace "
                            + firstKDenseReplace
                            + "; neither may be negative");
        }
        if (route.topK() < 1 || route.topK() > nRoutedExperts) {
            throw new UnsupportedModelException(
                    "num_experts_per_tok is "
                            + route.topK()
                            + "; expected 1 to "
                            + nRoutedExperts
                            + " (n_routed_experts)");
        }
        if (route.groups() < 1
                || nRoutedExperts % route.groups() != 0
                || route.topGroups() < 1
                || route.topGroups() > route.groups()
                || route.topK() > nRoutedExperts / route.groups() * route.topGroups()) {
            throw new UnsupportedModelException(
                    "n_group is "
                            + route.groups()
                            + " and topk_group "
                            + route.topGroups()
                            + "; they must split "
                            + nRoutedExperts
                            + " experts evenly and leave "
                            + route.topK()
                            + " to choose");
        }
    }

    /** Width of the one SwiGLU that stands for all shared experts. */
    public int sharedIntermediateSize() {
        return nSharedExperts * moeIntermediateSize;
    }
}

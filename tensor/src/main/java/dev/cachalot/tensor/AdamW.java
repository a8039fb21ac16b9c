package dev.cachalot.tensor;

/**
 * Numbers of one AdamW update (Loshchilov and Hutter, arXiv 1711.05101, algorithm 2, with bias
 * correction folded in).
 *
 * @param learningRate of this step
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param eps added to the root of the corrected second moment
 * @param weightDecay decoupled: p -= learningRate * weightDecay * p
 * @param step number of this update, from 1
 * @param gradientScale factor on every gradient before use (clipping, mean over tokens)
 */
public record AdamW(
        double learningRate,
        double beta1,
        double beta2,
        double eps,
        double weightDecay,
        long step,
        double gradientScale) {}

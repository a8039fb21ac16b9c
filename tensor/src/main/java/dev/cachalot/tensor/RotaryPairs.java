package dev.cachalot.tensor;

/**
 * Which numbers of a head the rotary embedding turns together. The two are the same up to the order
 * of a projection's rows, which a file has settled.
 */
public enum RotaryPairs {
    /** 2i and 2i + 1: DeepSeek; GGUF files of Llama, whose rows are permuted for it. */
    ADJACENT,
    /** i and i + width / 2: Qwen; Hugging Face files of Llama. */
    HALVES
}

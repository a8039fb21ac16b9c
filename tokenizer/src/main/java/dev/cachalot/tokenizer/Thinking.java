package dev.cachalot.tokenizer;

/** Whether the model is to reason before it answers. */
public enum Thinking {
    ON,
    OFF
}

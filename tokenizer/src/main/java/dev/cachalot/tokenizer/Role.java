package dev.cachalot.tokenizer;

/** Who speaks a turn. */
public enum Role {
    SYSTEM,
    USER,
    ASSISTANT,
    TOOL
}

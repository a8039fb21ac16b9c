package dev.cachalot.tokenizer;

/** How a model spells the functions it asks for. */
public enum ToolCallForm {
    /** No calls in this form. */
    NONE,
    /**
     * DeepSeek V3, V3-0324, R1: {@code <｜tool▁calls▁begin｜>}, then {@code
     * <｜tool▁call▁begin｜>function<｜tool▁sep｜>NAME}, the arguments in a fenced json block and {@code
     * <｜tool▁call▁end｜>} for each call, a newline between calls, then {@code <｜tool▁calls▁end｜>}.
     */
    DEEPSEEK_V3,
    /** DeepSeek V3.1: {@code NAME<｜tool▁sep｜>ARGUMENTS} between the same marks, nothing else. */
    DEEPSEEK_V31,
    /**
     * Qwen, Hermes: {@code <tool_call>}, a line {@code {"name": …, "arguments": …}}, {@code
     * </tool_call>}.
     */
    HERMES,
    /** Llama 3.1 and later: the whole answer is one object {@code {"name": …, "parameters": …}}. */
    LLAMA3
}

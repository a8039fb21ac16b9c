package dev.cachalot.tokenizer;

/**
 * What an assistant asked for.
 *
 * @param id by which the result refers to it; the token forms do not write it, and match by order
 * @param name of the function
 * @param arguments JSON text as the model wrote it: an object, if it wrote well
 */
public record ToolCall(String id, String name, String arguments) {
    /** A call whose id does not matter. */
    public static ToolCall of(String name, String arguments) {
        return new ToolCall("", name, arguments);
    }
}

package dev.cachalot.tokenizer;

/**
 * A function that the model may ask for.
 *
 * @param name what a call names it by
 * @param description what it does, plain text; may be empty
 * @param parameters its parameters' JSON schema, an object in JSON text
 */
public record Tool(String name, String description, String parameters) {
    /**
     * @throws InvalidConversationException when the name is empty or the parameters are no JSON
     *     object
     */
    public Tool {
        if (name.isEmpty()) {
            throw new InvalidConversationException("a tool has an empty name; expected a word");
        }
        JsonText.requireObject(parameters, "the parameters of the tool '" + name + "'");
    }
}

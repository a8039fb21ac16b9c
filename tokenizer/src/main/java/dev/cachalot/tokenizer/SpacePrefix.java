package dev.cachalot.tokenizer;

/**
 * Where encoding puts a space in front of a text, as SentencePiece does; decoding takes it away
 * again. The parts of a text are the stretches before, between and after added tokens.
 */
public enum SpacePrefix {
    /** Nowhere, as with every byte-level vocabulary. */
    NEVER,
    /** Before each part: Llama 2's own files and llama.cpp. */
    EVERY_PART,
    /** Before each part that does not begin with one. */
    EVERY_PART_WITHOUT,
    /** Before the first part only, unless it begins with one: later Hugging Face files. */
    FIRST_PART_WITHOUT;

    /** Whether a part gets a space. */
    boolean prefixes(boolean first, boolean beginsWithSpace) {
        return switch (this) {
            case NEVER -> false;
            case EVERY_PART -> true;
            case EVERY_PART_WITHOUT -> !beginsWithSpace;
            case FIRST_PART_WITHOUT -> first && !beginsWithSpace;
        };
    }

    /** Whether the space that begins a part is the one put there. */
    boolean drops(boolean first) {
        return this != NEVER && (first || this != FIRST_PART_WITHOUT);
    }
}

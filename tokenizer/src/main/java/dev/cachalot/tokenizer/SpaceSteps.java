package dev.cachalot.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The steps of a tokenizer.json that write spaces as SentencePiece does, in both forms that files
 * have: the normalizers Prepend and Replace (Llama 2's own), or the pre-tokenizer Metaspace.
 */
final class SpaceSteps {
    private static final String SIGN = String.valueOf(SentencePieceSpec.SPACE);
    private static final String KNOWN =
            "Prepend '\u2581' and Replace ' ' by '\u2581', or a pre_tokenizer Metaspace that does not split";

    private final TokenizerJsonReader reader;
    private final JsonNode root;

    SpaceSteps(TokenizerJsonReader reader, JsonNode root) {
        this.reader = reader;
        this.root = root;
    }

    SpacePrefix prefix() {
        List<String> normalizers = new ArrayList<>();
        boolean prepends = false;
        boolean replaces = false;
        for (JsonNode step : TokenizerJsonReader.steps(root.path("normalizer"), "normalizers")) {
            normalizers.add(step.toString());
            if (step.path("type").asText().equals("Prepend")
                    && step.path("prepend").asText().equals(SIGN)
                    && !replaces) {
                prepends = true;
            } else if (step.path("type").asText().equals("Replace")
                    && step.path("pattern").path("String").asText().equals(" ")
                    && step.path("content").asText().equals(SIGN)) {
                replaces = true;
            } else {
                throw reader.broken("normalizer", normalizers, KNOWN);
            }
        }
        List<JsonNode> cuts = new ArrayList<>();
        TokenizerJsonReader.steps(root.path("pre_tokenizer"), "pretokenizers").forEach(cuts::add);
        if (cuts.isEmpty() && replaces) {
            return prepends ? SpacePrefix.EVERY_PART : SpacePrefix.NEVER;
        }
        if (cuts.size() == 1
                && normalizers.isEmpty()
                && cuts.getFirst().path("type").asText().equals("Metaspace")) {
            return metaspace(cuts.getFirst());
        }
        throw reader.broken("pre_tokenizer", cuts, KNOWN);
    }

    private SpacePrefix metaspace(JsonNode step) {
        if (!step.path("replacement").asText().equals(SIGN)) {
            throw reader.broken("pre_tokenizer Metaspace", step, "replacement '" + SIGN + "'");
        }
        reader.refuse("pre_tokenizer Metaspace split", step.path("split").asBoolean(true));
        String byFlag = step.path("add_prefix_space").asBoolean(true) ? "always" : "never";
        return switch (step.path("prepend_scheme").asText(byFlag)) {
            case "always" -> SpacePrefix.EVERY_PART_WITHOUT;
            case "first" -> SpacePrefix.FIRST_PART_WITHOUT;
            case "never" -> SpacePrefix.NEVER;
            default ->
                    throw reader.broken(
                            "pre_tokenizer Metaspace prepend_scheme",
                            step.path("prepend_scheme"),
                            "always, first or never");
        };
    }
}

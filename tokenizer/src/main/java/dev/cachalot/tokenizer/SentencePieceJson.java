package dev.cachalot.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The part of a tokenizer.json that tells a SentencePiece vocabulary, as Llama 2's files do. */
final class SentencePieceJson {
    private static final String SIGN = String.valueOf(SentencePieceSpec.SPACE);

    static void write(ObjectNode root, SentencePieceSpec spec) {
        SpacePrefix prefix = spec.spacePrefix();
        if (prefix == SpacePrefix.NEVER || prefix == SpacePrefix.EVERY_PART) {
            ArrayNode steps =
                    root.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
            if (prefix == SpacePrefix.EVERY_PART) {
                steps.addObject().put("type", "Prepend").put("prepend", SIGN);
            }
            replace(steps.addObject(), " ", SIGN);
            root.putNull("pre_tokenizer");
        } else {
            root.putNull("normalizer");
            root.putObject("pre_tokenizer")
                    .put("type", "Metaspace")
                    .put("replacement", SIGN)
                    .put("prepend_scheme", scheme(prefix))
                    .put("split", false);
        }
        root.putNull("post_processor");
        ArrayNode decoders = root.putObject("decoder").put("type", "Sequence").putArray("decoders");
        replace(decoders.addObject(), SIGN, " ");
        decoders.addObject().put("type", "ByteFallback");
        decoders.addObject().put("type", "Fuse");
        if (prefix != SpacePrefix.NEVER) {
            decoders.addObject()
                    .put("type", "Strip")
                    .put("content", " ")
                    .put("start", 1)
                    .put("stop", 0);
        }
        ObjectNode model = root.putObject("model").put("type", "BPE").putNull("dropout");
        if (spec.unknownId().isPresent()) {
            model.put("unk_token", spec.tokens().get(spec.unknownId().getAsInt()));
        } else {
            model.putNull("unk_token");
        }
        model.putNull("continuing_subword_prefix")
                .putNull("end_of_word_suffix")
                .put("fuse_unk", true)
                .put("byte_fallback", true)
                .put("ignore_merges", false);
        TokenizerJsonWriter.model(model, spec.tokens(), spec.merges());
    }

    private static String scheme(SpacePrefix prefix) {
        return prefix == SpacePrefix.FIRST_PART_WITHOUT ? "first" : "always";
    }

    private static void replace(ObjectNode step, String from, String to) {
        step.put("type", "Replace").putObject("pattern").put("String", from);
        step.put("content", to);
    }

    private SentencePieceJson() {}
}

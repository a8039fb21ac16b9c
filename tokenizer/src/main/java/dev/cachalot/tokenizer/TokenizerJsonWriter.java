package dev.cachalot.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalInt;

/** The JSON trees of a {@link TokenizerSpec}, with the keys in the order of published files. */
final class TokenizerJsonWriter {

    static ObjectNode tokenizer(TokenizerSpec spec) {
        ObjectNode root = TokenizerJson.MAPPER.createObjectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        for (AddedToken token : spec.addedTokens()) {
            added.addObject()
                    .put("id", token.id())
                    .put("content", token.text())
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", token.special());
        }
        if (spec.rules().nfc()) {
            root.putObject("normalizer").put("type", "NFC");
        } else {
            root.putNull("normalizer");
        }
        preTokenizer(root.putObject("pre_tokenizer"), spec.preTokenizer());
        root.putNull("post_processor");
        byteLevel(root.putObject("decoder"));
        model(root.putObject("model"), spec);
        return root;
    }

    private static void preTokenizer(ObjectNode node, String name) {
        ArrayNode steps = node.put("type", "Sequence").putArray("pretokenizers");
        for (String pattern : PreTokenizer.named(name).patterns()) {
            ObjectNode step = steps.addObject().put("type", "Split");
            step.putObject("pattern").put("Regex", pattern);
            step.put("behavior", "Isolated").put("invert", false);
        }
        byteLevel(steps.addObject());
    }

    private static void byteLevel(ObjectNode node) {
        node.put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", false);
    }

    private static void model(ObjectNode model, TokenizerSpec spec) {
        model.put("type", "BPE")
                .putNull("dropout")
                .putNull("unk_token")
                .putNull("continuing_subword_prefix")
                .putNull("end_of_word_suffix")
                .put("fuse_unk", false)
                .put("byte_fallback", false)
                .put("ignore_merges", spec.rules().ignoreMerges());
        ObjectNode vocab = model.putObject("vocab");
        for (int id = 0; id < spec.tokens().size(); id++) {
            vocab.put(spec.tokens().get(id), id);
        }
        ArrayNode merges = model.putArray("merges");
        spec.merges().forEach(merges::add);
    }

    static ObjectNode config(TokenizerSpec spec) {
        ObjectNode config = TokenizerJson.MAPPER.createObjectNode();
        config.put("add_bos_token", spec.bosId().isPresent()).put("add_eos_token", false);
        token(config, "bos_token", spec, spec.bosId());
        token(config, "eos_token", spec, spec.eosId());
        return config.put("clean_up_tokenization_spaces", false)
                .put("tokenizer_class", "PreTrainedTokenizerFast");
    }

    private static void token(ObjectNode config, String key, TokenizerSpec spec, OptionalInt id) {
        if (id.isPresent()) {
            config.put(key, spec.tokens().get(id.getAsInt()));
        } else {
            config.putNull(key);
        }
    }

    private TokenizerJsonWriter() {}
}

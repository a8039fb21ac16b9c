package dev.cachalot.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.OptionalInt;

/** The JSON trees of a {@link Vocabulary}, with the keys in the order of published files. */
final class TokenizerJsonWriter {

    static ObjectNode tokenizer(Vocabulary vocabulary) {
        ObjectNode root = TokenizerJson.MAPPER.createObjectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        for (AddedToken token : vocabulary.addedTokens()) {
            added.addObject()
                    .put("id", token.id())
                    .put("content", token.text())
                    .put("single_word", token.matching().singleWord())
                    .put("lstrip", token.matching().lstrip())
                    .put("rstrip", token.matching().rstrip())
                    .put("normalized", token.matching().normalized())
                    .put("special", token.special());
        }
        switch (vocabulary) {
            case TokenizerSpec spec -> byteLevel(root, spec);
            case SentencePieceSpec spec -> SentencePieceJson.write(root, spec);
        }
        return root;
    }

    private static void byteLevel(ObjectNode root, TokenizerSpec spec) {
        if (spec.rules().nfc()) {
            root.putObject("normalizer").put("type", "NFC");
        } else {
            root.putNull("normalizer");
        }
        preTokenizer(root.putObject("pre_tokenizer"), spec.preTokenizer());
        root.putNull("post_processor");
        byteLevel(root.putObject("decoder"));
        ObjectNode model = root.putObject("model").put("type", "BPE").putNull("dropout");
        model.putNull("unk_token")
                .putNull("continuing_subword_prefix")
                .putNull("end_of_word_suffix")
                .put("fuse_unk", false)
                .put("byte_fallback", false)
                .put("ignore_merges", spec.rules().ignoreMerges());
        model(model, spec.tokens(), spec.merges());
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

    static void model(ObjectNode model, List<String> tokens, List<String> lines) {
        ObjectNode vocab = model.putObject("vocab");
        for (int id = 0; id < tokens.size(); id++) {
            vocab.put(tokens.get(id), id);
        }
        ArrayNode merges = model.putArray("merges");
        lines.forEach(merges::add);
    }

    static ObjectNode config(Vocabulary vocabulary) {
        ObjectNode config = TokenizerJson.MAPPER.createObjectNode();
        config.put("add_bos_token", vocabulary.addsBos()).put("add_eos_token", false);
        token(config, "bos_token", vocabulary, vocabulary.bosId());
        token(config, "eos_token", vocabulary, vocabulary.eosId());
        return config.put("clean_up_tokenization_spaces", false)
                .put("tokenizer_class", "PreTrainedTokenizerFast");
    }

    private static void token(
            ObjectNode config, String key, Vocabulary vocabulary, OptionalInt id) {
        if (id.isPresent()) {
            config.put(key, vocabulary.tokens().get(id.getAsInt()));
        } else {
            config.putNull(key);
        }
    }

    private TokenizerJsonWriter() {}
}

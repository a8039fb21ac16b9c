package dev.cachalot.library.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.checkpoint.MetadataBuilder;
import dev.cachalot.checkpoint.MetadataValue;
import dev.cachalot.library.ModelTokenizers;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.tokenizer.TokenizerJson;
import dev.cachalot.tokenizer.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What a conversion carries over beside the weights: configuration, vocabulary, chat template. */
final class CarriedOver {
    private static final String GENERAL = "general.";
    private static final String OURS = "cachalot.";
    private static final String NAME = "general.name";
    private static final String FILE_TYPE = "general.file_type";
    private static final String QUANTIZATION = "general.quantization_version";
    private static final String TEMPLATE = "tokenizer.chat_template";
    private static final String MODEL = "tokenizer.ggml.model";
    private static final int QUANTIZATION_VERSION = 2;

    /** Sampling defaults: GGUF's key, and generation_config.json's. */
    private static final Map<String, String> SAMPLING =
            Map.of(
                    "general.sampling.temp", "temperature",
                    "general.sampling.top_p", "top_p",
                    "general.sampling.top_k", "top_k");

    private final Checkpoint source;
    private final ModelConfig config;
    private final TargetType type;
    private final boolean tied;
    private final List<String> notes;

    /**
     * @param tied whether the embedding is the output matrix too
     * @param notes receives what could not be carried over
     */
    CarriedOver(
            Checkpoint source,
            ModelConfig config,
            TargetType type,
            boolean tied,
            List<String> notes) {
        this.source = source;
        this.config = config;
        this.type = type;
        this.tied = tied;
        this.notes = notes;
    }

    private boolean fromFolder() {
        return source.config().isPresent();
    }

    /** The metadata of a GGUF file. */
    Metadata gguf() throws IOException {
        MetadataBuilder metadata = Metadata.builder();
        if (fromFolder()) {
            ofFolder(metadata);
        } else {
            metadata.putAll(source.metadata());
        }
        metadata.u32(FILE_TYPE, type.fileType());
        if (type.isBlocks()) {
            metadata.u32(QUANTIZATION, QUANTIZATION_VERSION);
        }
        return metadata.build();
    }

    private void ofFolder(MetadataBuilder metadata) throws IOException {
        SideFiles folder = new SideFiles(source.path());
        Metadata json = source.config().orElseThrow();
        metadata.string("general.architecture", GgufKeys.architecture(config));
        source.metadata()
                .values()
                .forEach(
                        (key, value) -> {
                            if (key.startsWith(GENERAL) || key.startsWith(OURS)) {
                                metadata.put(key, value);
                            }
                        });
        metadata.string(
                NAME,
                json.findString("_name_or_path")
                        .filter(name -> !name.isBlank())
                        .orElse(String.valueOf(source.path().getFileName())));
        JsonNode generation = folder.json(SideFiles.GENERATION_CONFIG);
        SAMPLING.forEach(
                (key, word) -> {
                    if (generation.path(word).isNumber()) {
                        if (word.equals("top_k")) {
                            metadata.i32(key, generation.path(word).asInt());
                        } else {
                            metadata.f32(key, generation.path(word).floatValue());
                        }
                    }
                });
        GgufKeys.put(config, metadata);
        if (!Files.exists(source.path().resolve(SideFiles.TOKENIZER))) {
            noTokenizer(SideFiles.TOKENIZER);
            return;
        }
        MetadataBuilder vocabulary = Metadata.builder();
        ModelTokenizers.write(vocabulary(), vocabulary);
        metadata.putAll(PaddedVocabulary.of(vocabulary.build(), config.vocabSize()));
        folder.chatTemplate().ifPresent(template -> metadata.string(TEMPLATE, template));
    }

    private void noTokenizer(String what) {
        notes.add(
                "the source has no tokenizer (no %s), so the result has none: only commands that work on token ids can use it"
                        .formatted(what));
    }

    private Vocabulary vocabulary() throws IOException {
        Vocabulary vocabulary = ModelTokenizers.vocabulary(source);
        if (vocabulary.tokens().size() > config.vocabSize()) {
            throw new ConversionException(
                    "%s has a tokenizer of %,d tokens for a model of %,d; fetch the one that belongs to it"
                            .formatted(
                                    source.path(), vocabulary.tokens().size(), config.vocabSize()));
        }
        return vocabulary;
    }

    /** The {@code __metadata__} of safetensors files. */
    Map<String, String> safetensorsMetadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", "pt");
        source.metadata()
                .values()
                .forEach(
                        (key, value) -> {
                            boolean ours = key.startsWith(GENERAL) || key.startsWith(OURS);
                            if ((ours || fromFolder())
                                    && value instanceof MetadataValue.Text(String text)) {
                                metadata.put(key, text);
                            }
                        });
        metadata.remove("general.architecture");
        return metadata;
    }

    /** The files beside the weights of a folder, by name. */
    Map<String, String> folderTexts() throws IOException {
        if (fromFolder()) {
            SideFiles folder = new SideFiles(source.path());
            Map<String, String> texts = folder.carried();
            texts.put(SideFiles.CONFIG, folder.configWithType(dtype()));
            return texts;
        }
        Map<String, String> texts = new LinkedHashMap<>();
        OptionalInt bos = OptionalInt.empty();
        OptionalInt eos = OptionalInt.empty();
        if (source.metadata().contains(MODEL)) {
            Vocabulary vocabulary = vocabulary();
            bos = vocabulary.bosId();
            eos = vocabulary.eosId();
            putTokenizer(vocabulary, texts);
        } else {
            noTokenizer("key " + MODEL);
        }
        Optional<String> name = source.metadata().findString(NAME);
        texts.put(
                SideFiles.CONFIG,
                ConfigJsonText.of(
                        config, new ConfigJsonText.Extras(name, tied, dtype(), bos, eos)));
        texts.put(SideFiles.GENERATION_CONFIG, generationConfig(bos, eos));
        return texts;
    }

    private void putTokenizer(Vocabulary vocabulary, Map<String, String> texts) throws IOException {
        Path folder = Files.createTempDirectory("cachalot-convert");
        try {
            TokenizerJson.write(vocabulary, folder.resolve(SideFiles.TOKENIZER));
            texts.putAll(new SideFiles(folder).carried());
        } finally {
            Files.deleteIfExists(folder.resolve(SideFiles.TOKENIZER));
            Files.deleteIfExists(folder.resolve(SideFiles.TOKENIZER_CONFIG));
            Files.deleteIfExists(folder);
        }
        Optional<String> template = source.metadata().findString(TEMPLATE);
        String written = texts.get(SideFiles.TOKENIZER_CONFIG);
        if (template.isPresent() && written != null) {
            JsonNode json = ConfigJsonText.MAPPER.readTree(written);
            if (json instanceof ObjectNode object) {
                object.put(SideFiles.CHAT_TEMPLATE, template.get());
                texts.put(SideFiles.TOKENIZER_CONFIG, object.toPrettyString() + "\n");
            }
        }
    }

    private String generationConfig(OptionalInt bos, OptionalInt eos) {
        ObjectNode json = ConfigJsonText.MAPPER.createObjectNode();
        bos.ifPresent(id -> json.put("bos_token_id", id));
        eos.ifPresent(id -> json.put("eos_token_id", id));
        SAMPLING.forEach(
                (key, word) -> {
                    if (word.equals("top_k")) {
                        source.metadata().findInt(key).ifPresent(number -> json.put(word, number));
                    } else {
                        source.metadata()
                                .findFloat(key)
                                .ifPresent(number -> json.put(word, number));
                    }
                });
        return json.toPrettyString() + "\n";
    }

    /** Hugging Face's word for the type of the weights. */
    private String dtype() {
        return switch (type) {
            case F32 -> "float32";
            case F16 -> "float16";
            case BF16 -> "bfloat16";
            case Q8_0, Q4_0, Q4_K, Q5_K, Q6_K, Q4_K_M ->
                    throw new ConversionException(type + " is no type of safetensors");
        };
    }
}

package dev.cachalot.library;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.tokenizer.BytePairTokenizer;
import dev.cachalot.tokenizer.ChatForms;
import dev.cachalot.tokenizer.ChatTemplate;
import dev.cachalot.tokenizer.Tokenizer;
import dev.cachalot.tokenizer.TokenizerFormatException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Optional;

/**
 * The chat form of a model, from what its files say: the name of one of our forms, its own
 * template, or the marks of its vocabulary.
 */
public final class ModelTemplates {
    /** The metadata key by which a file names one of our chat forms. */
    public static final String NAME_KEY = "cachalot.chat_template";

    /** The metadata key of a template in Jinja. */
    public static final String SOURCE_KEY = "tokenizer.chat_template";

    private static final long LONGEST_FILE = 16 << 20;

    /** A template and whether a start token is asked for beside it. */
    private record Source(String template, boolean addBos) {}

    /**
     * The chat form that a model was trained with.
     *
     * @throws UnusableModelException if the files tell of none, or of one that is not known here or
     *     that the vocabulary lacks tokens for
     * @throws dev.cachalot.tokenizer.ChatTemplateException if the template is broken
     * @throws IOException if a file cannot be read
     */
    public static ChatTemplate of(Checkpoint checkpoint, Tokenizer tokenizer) throws IOException {
        Optional<String> named = checkpoint.metadata().findString(NAME_KEY);
        if (named.isPresent()) {
            return named(checkpoint.path(), named.get(), tokenizer);
        }
        Optional<Source> source =
                checkpoint.config().isPresent()
                        ? ofFolder(checkpoint.path(), tokenizer)
                        : ofMetadata(checkpoint.metadata(), tokenizer);
        if (source.isPresent()) {
            return ChatForms.ofTemplate(
                    source.get().template(),
                    tokenizer,
                    source.get().addBos(),
                    Clock.system(ZoneId.systemDefault()));
        }
        if (tokenizer instanceof BytePairTokenizer bytePair
                && bytePair.spec().preTokenizer().equals("cachalot")) { // trained here
            return named(checkpoint.path(), "deepseek-v3.1", tokenizer);
        }
        return ChatForms.ofMarks(tokenizer)
                .orElseThrow(
                        () ->
                                new UnusableModelException(
                                        "%s tells of no chat form: no key %s or %s, and no marks of a form in its vocabulary; is it a model for chats?"
                                                .formatted(
                                                        checkpoint.path(), NAME_KEY, SOURCE_KEY)));
    }

    private static ChatTemplate named(Path path, String name, Tokenizer tokenizer) {
        try {
            return ChatForms.named(name, tokenizer)
                    .orElseThrow(
                            () ->
                                    new UnusableModelException(
                                            "%s names the chat form '%s'; this build knows %s"
                                                    .formatted(
                                                            path,
                                                            name,
                                                            String.join(", ", ChatForms.names()))));
        } catch (TokenizerFormatException lacking) {
            throw new UnusableModelException(path + ": " + lacking.getMessage());
        }
    }

    private static Optional<Source> ofMetadata(Metadata metadata, Tokenizer tokenizer) {
        return metadata.findString(SOURCE_KEY)
                .filter(template -> !template.isBlank())
                .map(template -> new Source(template, tokenizer.addsBos()));
    }

    /** As Hugging Face looks for it: a file of its own, or in tokenizer_config.json. */
    private static Optional<Source> ofFolder(Path folder, Tokenizer tokenizer) throws IOException {
        Path own = folder.resolve("chat_template.jinja");
        if (Files.isRegularFile(own)) {
            return Optional.of(new Source(text(own), tokenizer.addsBos()));
        }
        for (String name : new String[] {"tokenizer_config.json", "chat_template.json"}) {
            Path file = folder.resolve(name);
            if (Files.isRegularFile(file)) {
                Optional<String> template = template(json(file));
                if (template.isPresent()) {
                    return Optional.of(new Source(template.get(), tokenizer.addsBos()));
                }
            }
        }
        return Optional.empty();
    }

    private static JsonNode json(Path file) throws IOException {
        try {
            return new ObjectMapper().readTree(text(file));
        } catch (JacksonException broken) {
            throw new UnusableModelException(
                    "%s is not JSON (%s); fetch it again"
                            .formatted(file, broken.getOriginalMessage()));
        }
    }

    private static String text(Path file) throws IOException {
        if (Files.size(file) > LONGEST_FILE) {
            throw new UnusableModelException(
                    "%s has %,d bytes; expected at most %,d of a chat template"
                            .formatted(file, Files.size(file), LONGEST_FILE));
        }
        try {
            return Files.readString(file);
        } catch (CharacterCodingException broken) {
            throw new UnusableModelException(file + " is not UTF-8; fetch it again");
        }
    }

    /** The text, or of several the one named default. */
    private static Optional<String> template(JsonNode config) {
        JsonNode template = config.path("chat_template");
        if (template.isTextual()) {
            return Optional.of(template.textValue());
        }
        for (JsonNode one : template) {
            if (one.path("name").asText().equals("default") && one.path("template").isTextual()) {
                return Optional.of(one.path("template").textValue());
            }
        }
        return Optional.empty();
    }

    private ModelTemplates() {}
}

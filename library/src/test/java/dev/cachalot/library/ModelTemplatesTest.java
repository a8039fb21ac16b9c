package dev.cachalot.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.tokenizer.BytePairTokenizer;
import dev.cachalot.tokenizer.BytePairTrainer;
import dev.cachalot.tokenizer.ChatMlTemplate;
import dev.cachalot.tokenizer.ChatTemplate;
import dev.cachalot.tokenizer.ChatTemplateException;
import dev.cachalot.tokenizer.DeepSeekTokens;
import dev.cachalot.tokenizer.DeepSeekV31Template;
import dev.cachalot.tokenizer.JinjaTemplate;
import dev.cachalot.tokenizer.PreTokenizer;
import dev.cachalot.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelTemplatesTest {
    @TempDir Path folder;

    private final Tokenizer chatMl = tokenizer("gpt-2", "<|im_start|>", "<|im_end|>");

    private static Tokenizer tokenizer(String preTokenizer, String... added) {
        return new BytePairTokenizer(
                new BytePairTrainer(300, PreTokenizer.named(preTokenizer), List.of(added))
                        .train(List.of()));
    }

    @BeforeEach
    void aModelOfOneTensor() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"none\"}");
        byte[] header =
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        java.nio.ByteBuffer file =
                java.nio.ByteBuffer.allocate(8 + header.length + 4)
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length).put(header);
        Files.write(folder.resolve("model.safetensors"), file.array());
    }

    private ChatTemplate found(Tokenizer tokenizer) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            return ModelTemplates.of(checkpoint, tokenizer);
        }
    }

    @Test
    void theMarksOfTheVocabularyTellTheForm() throws IOException {
        assertThat(found(chatMl)).isInstanceOf(ChatMlTemplate.class);
        assertThat(found(tokenizer("cachalot", DeepSeekTokens.CHAT.toArray(String[]::new))))
                .isInstanceOf(DeepSeekV31Template.class);
        assertThatThrownBy(() -> found(tokenizer("gpt-2")))
                .isInstanceOf(UnusableModelException.class)
                .hasMessageContaining("tells of no chat form");
    }

    @Test
    void aTemplateInTheConfigurationIsReadAndThatInAFileGoesBefore() throws IOException {
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                "{\"chat_template\": [{\"name\": \"tools\", \"template\": \"x\"}, {\"name\": \"default\", \"template\": \"y\"}]}");
        assertThat(found(chatMl)).isInstanceOf(JinjaTemplate.class);
        Files.writeString(
                folder.resolve("chat_template.jinja"),
                "{% for m in messages %}{{'<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>' + '\\n'}}{% endfor %}"
                        + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}");
        assertThat(found(chatMl)).isInstanceOf(ChatMlTemplate.class);
    }

    @Test
    void aBrokenTemplateIsSaidToBe() throws IOException {
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                "{\"chat_template\": \"{% include 'x' %}\"}");
        assertThatThrownBy(() -> found(chatMl))
                .isInstanceOf(ChatTemplateException.class)
                .hasMessageContaining("'include' is not allowed in a chat template");
    }

    @Test
    void filesThatAreNoJsonOrNoTextAreNamed() throws IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"chat_template\": ");
        assertThatThrownBy(() -> found(chatMl))
                .isInstanceOf(UnusableModelException.class)
                .hasMessageContaining("tokenizer_config.json is not JSON");
        Files.write(folder.resolve("chat_template.jinja"), new byte[] {(byte) 0xFF});
        assertThatThrownBy(() -> found(chatMl))
                .isInstanceOf(UnusableModelException.class)
                .hasMessageContaining("chat_template.jinja is not UTF-8");
    }
}

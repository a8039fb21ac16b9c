package dev.cachalot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertCommandTest {
    @TempDir Path folder = Path.of("");
    private String model = "";

    @BeforeEach
    void writeModel() throws Exception {
        model = TinyModel.write(folder.resolve("tiny.gguf")).toString();
    }

    private Run convert(String in, String out, String type) {
        return Run.of("convert", in, folder.resolve(out).toString(), "--type", type);
    }

    @Test
    void theReportSaysSizesTypesErrorAndWorstTensor() {
        Run run = convert(model, "q8.gguf", "q8_0");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("q8.gguf written: 13 tensors,")
                .contains("numbers by type: f32 ")
                .contains("root mean square); worst is ")
                .contains("3 tensors have another type, for their rows do not fill whole blocks:")
                .contains("is f16, not q8_0");
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("tiny.gguf", "q8.gguf");
    }

    @Test
    void laidOutWeightsAreWrittenBesideTheResultWhenAskedFor() {
        String out = folder.resolve("q8.gguf").toString();
        Run run = Run.of("convert", model, out, "--type", "q8_0", "--repack");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("q8.gguf.repacked written: ").contains("laid out");
        String[] chat = {"chat", "--model", out, "--context", "60", "What is 1 + 1?"};
        String expected = Run.of(chat).out();
        assertThat(folder.resolve("q8.gguf.repacked").toFile().delete()).isTrue();
        assertThat(Run.of(chat).out()).isEqualTo(expected);
        String folderOut = folder.resolve("hf").toString();
        run = Run.of("convert", model, folderOut, "--type", "bf16", "--repack");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("note: no hf.repacked");
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("tiny.gguf", "q8.gguf", "hf");
    }

    @Test
    void aModelThatWentToAFolderAndBackAnswersAsBefore() {
        String[] chat = {"chat", "--model", model, "--context", "60", "What is 1 + 1?"};
        String expected = Run.of(chat).out();
        Run there = convert(model, "hf", "f32");
        assertThat(there.code()).as(there.err()).isZero();
        assertThat(there.out()).contains("error: none");
        chat[2] = folder.resolve("hf").toString();
        assertThat(Run.of(chat).out()).isEqualTo(expected);
        assertThat(convert(chat[2], "back.gguf", "f32").code()).isZero();
        chat[2] = folder.resolve("back.gguf").toString();
        assertThat(Run.of(chat).out()).isEqualTo(expected);
    }

    @Test
    void whatCannotBeDoneIsOneLineAndExitCodeTwo() throws IOException {
        Files.writeString(folder.resolve("broken.gguf"), "GGUF but no more");
        for (Run run :
                new Run[] {
                    convert(model, "hf", "q4_0"),
                    convert(model, "x.gguf", "q3_0"),
                    convert(model, "tiny.gguf", "f16"),
                    convert(folder.resolve("broken.gguf").toString(), "x.gguf", "f16"),
                    convert(folder.resolve("missing.gguf").toString(), "x.gguf", "f16"),
                    Run.of("convert", model, folder.resolve("x.gguf").toString())
                }) {
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err()).hasLineCount(1).startsWith("cachalot: ");
        }
        assertThat(folder.resolve("x.gguf")).doesNotExist();
    }
}

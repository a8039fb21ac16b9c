package dev.cachalot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cachalot.tensor.Rung;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
    @TempDir private static Path folder;
    private static String model = "";

    @BeforeAll
    static void writeModel() throws Exception {
        model = TinyModel.write(folder.resolve("tiny model.gguf")).toString();
    }

    @Test
    void chatWritesAnAnswerWithoutColoursAndItsSpeedOnStandardError() {
        Run run = Run.of("chat", "--model", model, "--context", "60", "What is 1 + 1?");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).isNotBlank().doesNotContain("\033");
        assertThat(run.err()).contains("tokens/s").doesNotContain("\033");
    }

    @Test
    void chatTakesItsQuestionFromStandardInputToo() {
        byte[] question = "¿Cuánto es 1 + 1?".getBytes(StandardCharsets.UTF_8);
        Run piped = Run.with(question, "chat", "--model", model, "--context", "60");
        Run given = Run.of("chat", "--model", model, "--context", "60", "¿Cuánto es 1 + 1?");
        assertThat(piped.code()).as(piped.err()).isZero();
        assertThat(piped.out()).isEqualTo(given.out());
    }

    @Test
    void effortWithAModelThatDoesNotThinkIsAnsweredAndSaidInOneLine() throws Exception {
        Path plain = TinyModel.writeWithoutThinking(folder.resolve("plain.gguf"));
        for (String each : List.of(model, plain.toString())) {
            Run run = Run.of("chat", "--model", each, "--context", "60", "--effort", "low", "Hi");
            assertThat(run.code()).as(run.err()).isZero();
            assertThat(run.err().lines().filter(line -> line.contains("--effort")))
                    .containsExactlyElementsOf(
                            each.equals(model)
                                    ? List.of()
                                    : List.of(
                                            "cachalot: plain does not think; --effort changes"
                                                    + " nothing"));
        }
    }

    @Test
    void sameSeedSameAnswer() {
        String[] args = {
            "chat", "--model", model, "--context", "60", "--temperature", "1", "--seed", "7", "Hi"
        };
        assertThat(Run.of(args).out()).isEqualTo(Run.of(args).out());
        String seven = Run.of(args).out();
        args[8] = "8";
        assertThat(Run.of(args).out()).isNotEqualTo(seven);
    }

    @Test
    void tokenizeAndDecodeGiveBackEveryByte() {
        byte[] text = ("the thing\r\n 1234 中文 ¿qué?\t<think>\n").getBytes(StandardCharsets.UTF_8);
        Run ids = Run.with(text, "tokenize", "--model", model);
        assertThat(ids.code()).as(ids.err()).isZero();
        assertThat(ids.out()).matches("[0-9 ]+\n");
        Run back =
                Run.with(
                        ids.out().getBytes(StandardCharsets.UTF_8),
                        "tokenize",
                        "--model",
                        model,
                        "--decode");
        assertThat(back.bytes()).isEqualTo(text);
    }

    @Test
    void logitsAreLittleEndianFloatsOneRowAPosition() throws Exception {
        Path scalar = folder.resolve("scalar.f32");
        Path vector = folder.resolve("vector.f32");
        for (Path out : new Path[] {scalar, vector}) {
            String rung = String.valueOf(out.getFileName()).replace(".f32", "");
            Run run =
                    Run.of(
                            "logits",
                            "--model",
                            model,
                            "--tokens",
                            "1, 2,3",
                            "--kernels",
                            rung,
                            "--out",
                            out.toString());
            assertThat(run.code()).as(run.err()).isZero();
        }
        float[] a = floats(scalar);
        float[] b = floats(vector);
        assertThat(a.length % 3).isZero();
        assertThat(b).hasSize(a.length);
        for (int i = 0; i < a.length; i++) {
            assertThat(b[i]).isCloseTo(a[i], org.assertj.core.api.Assertions.within(1e-4f));
        }
    }

    private static float[] floats(Path file) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        float[] floats = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
        return floats;
    }

    @Test
    void inspectPrintsTheSameTensorsAsTextAndAsJson() throws Exception {
        Run text = Run.of("inspect", model);
        JsonNode json = new ObjectMapper().readTree(Run.of("inspect", model, "--json").out());
        assertThat(json.get("format").asText()).isEqualTo("GGUF v3");
        assertThat(json.at("/metadata/deepseek2.context_length").asInt())
                .isEqualTo(TinyModel.CONTEXT);
        assertThat(json.get("tensors")).hasSize(13);
        for (JsonNode tensor : json.get("tensors")) {
            assertThat(text.out()).contains(tensor.get("name").asText());
        }
    }

    @Test
    void inspectTellsTheModelAtAGlance() throws Exception {
        JsonNode facts =
                new ObjectMapper()
                        .readTree(Run.of("inspect", model, "--json").out())
                        .get("summary");
        assertThat(facts.get("architecture").asText()).isEqualTo("deepseek2");
        assertThat(facts.get("layers").asInt()).isEqualTo(1);
        assertThat(facts.get("context").asInt()).isEqualTo(TinyModel.CONTEXT);
        assertThat(facts.get("tokenizer").asText()).isEqualTo("gpt2, cachalot");
        assertThat(facts.get("rope_scaling").asText()).isEqualTo("none");
        assertThat(facts.at("/type_bytes/F32").asLong()).isPositive();
        assertThat(facts.get("files").asInt()).isEqualTo(1);
        assertThat(Run.of("inspect", model).out())
                .contains("architecture             deepseek2", "template                 none");
    }

    @Test
    void planTellsMemoryAndSpeedAsTextAndAsJson() throws Exception {
        Run run = Run.of("plan", model, "--context", "256", "--users", "2", "--json");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode plan = new ObjectMapper().readTree(run.out());
        long asTheyLie = plan.at("/memory/weights").asLong(); // the rest is laid out
        long size = Files.size(Path.of(model));
        assertThat(asTheyLie).isBetween(1L, size);
        assertThat(asTheyLie + plan.at("/memory/repacked").asLong()).isGreaterThan(size);
        assertThat(plan.at("/memory/fits").asBoolean()).isTrue();
        assertThat(plan.at("/speed/layers_run").asInt()).isEqualTo(1);
        for (String speed :
                List.of("prompt_tokens_per_s", "generate_tokens_per_s", "together_tokens_per_s")) {
            assertThat(plan.at("/speed/" + speed).asDouble()).as(speed).isPositive();
        }
        assertThat(Run.of("plan", model).out())
                .contains("memory for 1 user of 512 tokens", "it fits", "tokens/s");
    }

    @Test
    void serveAnswersOverHttpUntilItIsStopped() throws Exception {
        PipedOutputStream printed = new PipedOutputStream();
        BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new PipedInputStream(printed), StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        Console console = new Console(InputStream.nullInputStream(), out, out, false, false);
        AtomicInteger code = new AtomicInteger(-1);
        Thread serving =
                Thread.ofPlatform()
                        .start(
                                () ->
                                        code.set(
                                                Cachalot.run(
                                                        console, "serve", "--model", model,
                                                        "--port", "0")));
        try (HttpClient client = HttpClient.newHttpClient()) {
            String line = lines.readLine();
            assertThat(line).contains("http://127.0.0.1:");
            assertThat(lines.readLine()).isEqualTo(Rung.fastest().reason());
            URI url = URI.create(line.replaceAll(".*(http://[^ ]*).*", "$1"));
            HttpResponse<String> models =
                    client.send(
                            HttpRequest.newBuilder(url.resolve("v1/models")).build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(models.statusCode()).isEqualTo(200);
            assertThat(models.body()).contains("tiny model");
        } finally {
            serving.interrupt();
            serving.join();
        }
        assertThat(code.get()).isZero();
    }

    @Test
    void benchPrintsTheObjectThatDocumentsRelyOn() throws Exception {
        Run run =
                Run.of(
                        "bench",
                        "--model",
                        model,
                        "--prompt",
                        "8",
                        "--generate",
                        "4",
                        "--threads",
                        "1",
                        "--json");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode json = new ObjectMapper().readTree(run.out());
        for (String number :
                new String[] {
                    "/ceilings/read_gb_s",
                    "/ceilings/fp32_gmac_s",
                    "/ceilings/int8_gmac_s",
                    "/threads",
                    "/prompt/tokens",
                    "/prompt/tokens_per_s",
                    "/prompt/gmac_s",
                    "/prompt/share_of_fp32",
                    "/generate/tokens",
                    "/generate/tokens_per_s",
                    "/generate/gb_s",
                    "/generate/share_of_read",
                    "/prompt_by_length/0/tokens",
                    "/prompt_by_context/0/tokens",
                    "/prompt_by_batch/3/gmac_s",
                    "/generate_by_context/0/share_of_read",
                    "/generate_by_batch/3/share_of_read"
                }) {
            assertThat(json.at(number).asDouble()).as(number).isPositive();
        }
        assertThat(json.at("/generate_by_batch").findValuesAsText("batch"))
                .containsExactly("1", "2", "4", "8");
        assertThat(json.at("/generate_by_context").findValuesAsText("context"))
                .containsExactly("0");
        assertThat(json.at("/skipped").findValuesAsText("setting"))
                .containsExactly("context of 4,096", "context of 16,384");
        assertThat(json.at("/skipped/0/why").asText())
                .isEqualTo("it takes 4,108 tokens; the model's context holds 512");
        assertThat(json.get("kernels").asText())
                .isEqualTo(Rung.fastest().name().toLowerCase(Locale.ROOT));
    }
}

package dev.cachalot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cachalot.cli.BenchReport.Generate;
import dev.cachalot.cli.BenchReport.Guesses;
import dev.cachalot.cli.BenchReport.Prompt;
import dev.cachalot.cli.BenchReport.Skipped;
import dev.cachalot.tensor.Ceilings;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class BenchPrinterTest {
    private static final Prompt PROMPT = new Prompt(1, 0, 256, 400, 250);
    private static final Generate GENERATE = new Generate(1, 0, 24, 60, 30);

    private static BenchReport report(boolean isQuantised, OptionalDouble bf16) {
        return new BenchReport(
                new Ceilings(40, "a loop", 100, 500, bf16),
                "vector",
                2,
                isQuantised,
                PROMPT,
                GENERATE,
                List.of(PROMPT, new Prompt(1, 0, 4096, 380, 240)),
                List.of(PROMPT, new Prompt(1, 4096, 256, 300, 200)),
                List.of(PROMPT, new Prompt(8, 0, 256, 420, 260)),
                List.of(GENERATE, new Generate(1, 4096, 24, 50, 28)),
                List.of(GENERATE, new Generate(8, 0, 24, 130, 36)),
                List.of(new Skipped("context of 16,384", "too long")),
                new Guesses("off", 10, 0, 0));
    }

    @Test
    void theTableHasALineForEverySettingWithItsShareOfTheCeiling() {
        assertThat(new BenchPrinter(report(true, OptionalDouble.of(200))).table())
                .isEqualTo(
                        """
                        machine on 2 threads: reads 40.0 GB/s (a loop)
                        multiplies FP32 100.0 Gmac/s, int8 500.0 Gmac/s, BF16 200.0 Gmac/s
                        vector kernels                         tokens/s                 share
                        prompt of 256                               400   250.0 Gmac/s  250 % of FP32, 50 % of int8
                        prompt of 4,096                             380   240.0 Gmac/s  240 % of FP32, 48 % of int8
                        prompt of 256 after 4,096                   300   200.0 Gmac/s  200 % of FP32, 40 % of int8
                        prompt of 256, batch of 8                   420   260.0 Gmac/s  260 % of FP32, 52 % of int8
                        generate 24                                60.0   30.00 GB/s     75 % of read
                        generate 24 after 4,096                    50.0   28.00 GB/s     70 % of read
                        generate 24, batch of 8                   130.0   36.00 GB/s     90 % of read
                        not run: context of 16,384 (too long)""");
    }

    @Test
    void jsonHoldsEveryListAndWhatWasSkipped() throws Exception {
        JsonNode json =
                new ObjectMapper()
                        .readTree(new BenchPrinter(report(true, OptionalDouble.of(200))).json());
        assertThat(json.at("/ceilings/bf16_gmac_s").asDouble()).isEqualTo(200);
        assertThat(json.at("/ceilings/read_by").asText()).isEqualTo("a loop");
        assertThat(json.at("/prompt/share_of_int8").asDouble()).isEqualTo(0.5);
        assertThat(json.at("/prompt_by_length/1/tokens").asInt()).isEqualTo(4096);
        assertThat(json.at("/prompt_by_context/1/context").asInt()).isEqualTo(4096);
        assertThat(json.at("/prompt_by_batch/1/batch").asInt()).isEqualTo(8);
        assertThat(json.at("/generate_by_context/1/share_of_read").asDouble()).isEqualTo(0.7);
        assertThat(json.at("/generate_by_batch/1/share_of_read").asDouble()).isEqualTo(0.9);
        assertThat(json.at("/skipped/0/setting").asText()).isEqualTo("context of 16,384");
        assertThat(json.at("/skipped/0/why").asText()).isEqualTo("too long");
    }

    @Test
    void whatTheMachineOrTheModelHasNotIsLeftOut() throws Exception {
        BenchPrinter printer = new BenchPrinter(report(false, OptionalDouble.empty()));
        assertThat(printer.table()).doesNotContain("BF16", "% of int8");
        assertThat(printer.json()).doesNotContain("bf16_gmac_s", "share_of_int8");
    }
}

package dev.cachalot.bench.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cachalot.testing.SharedFolder;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Benchmarks run once, small, and are not timed; skipped without the shared folder. */
class EncodeBenchmarkGoldenTest {
    private static EncodeBenchmark small(String vocabulary, SharedText text) throws IOException {
        assumeTrue(
                SharedFolder.find().filter(at -> Files.isDirectory(at.resolve("data"))).isPresent(),
                "needs data of the shared folder (CACHALOT_SHARED names it)");
        EncodeBenchmark benchmark = new EncodeBenchmark();
        benchmark.vocabulary = vocabulary;
        benchmark.text = text;
        benchmark.length = 2000;
        benchmark.seen = false;
        benchmark.prepare();
        benchmark.forget();
        return benchmark;
    }

    @ParameterizedTest
    @CsvSource({"deepseek-coder,CODE", "llama-spm,ENGLISH", "gpt-2,CHINESE"})
    void idsGiveTheTextAgainAndAreCounted(String vocabulary, SharedText text) throws IOException {
        EncodeBenchmark benchmark = small(vocabulary, text);
        EncodeBenchmark.Counters counters = new EncodeBenchmark.Counters();
        int[] ids = benchmark.encode(counters);
        benchmark.verify();
        assertThat(counters.tokens).isEqualTo(ids.length).isGreaterThan(200);
        ids[100]++;
        assertThatIllegalStateException()
                .isThrownBy(benchmark::verify)
                .withMessageContaining("wrong ids are not timed");
    }
}

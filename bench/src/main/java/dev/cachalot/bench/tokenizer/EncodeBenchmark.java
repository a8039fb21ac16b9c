package dev.cachalot.bench.tokenizer;

import dev.cachalot.tokenizer.Tokenizer;
import dev.cachalot.tokenizer.Vocabulary;
import java.io.IOException;
import java.text.Normalizer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Text to ids on one thread, with the vocabularies and texts of the shared folder: {@code tokens}
 * is their number a second. Ids that do not give the text again end the run.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Xmx2g")
public class EncodeBenchmark {
    /** A name in the shared folder, or the path of any model file, folder or tokenizer.json. */
    @Param({"deepseek_v3", "qwen3", "deepseek-llm", "deepseek-coder", "gpt-2", "llama-spm"})
    public String vocabulary = "deepseek_v3";

    @Param({"ENGLISH", "CHINESE", "CODE"})
    public SharedText text = SharedText.ENGLISH;

    /** Whether the words of the text are remembered from before. */
    @Param({"true", "false"})
    public boolean seen = true;

    /** Characters of the text, at most. */
    public int length = 4_000_000;

    private @Nullable Vocabulary description;
    private @Nullable Tokenizer tokenizer;
    private String written = "";
    private int[] ids = {};

    /** Number of ids so far, which JMH divides by the time. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Counters {
        public long tokens;
    }

    /** Reads vocabulary and text. */
    @Setup
    public void prepare() throws IOException {
        written = text.read(length);
        description = SharedVocabulary.read(vocabulary);
        tokenizer = description.tokenizer();
    }

    /** A fresh tokenizer remembers no word. */
    @Setup(Level.Invocation)
    public void forget() {
        if (!seen && description != null) {
            tokenizer = description.tokenizer();
        }
    }

    /** The ids; returned so that they are not optimised away. */
    @Benchmark
    public int[] encode(Counters counters) {
        if (tokenizer != null) {
            ids = tokenizer.encodePlain(written);
        }
        counters.tokens += ids.length;
        return ids;
    }

    /** Decodes the last ids. */
    @TearDown
    public void verify() {
        String again = tokenizer == null ? "" : tokenizer.decode(ids);
        if (!again.equals(written)
                && !again.equals(Normalizer.normalize(written, Normalizer.Form.NFC))) {
            throw new IllegalStateException(
                    "the ids of %s give another text than they were made of: wrong ids are not timed"
                            .formatted(vocabulary));
        }
    }
}

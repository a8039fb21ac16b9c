package dev.cachalot.library;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.repack.RepackedFile;
import dev.cachalot.engine.Engine;
import dev.cachalot.engine.EngineConfig;
import dev.cachalot.engine.Speculation;
import dev.cachalot.model.Decoder;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import dev.cachalot.tokenizer.ChatTemplate;
import dev.cachalot.tokenizer.DeepSeekTokens;
import dev.cachalot.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model that is ready to run, with everything it stands on. Owns the file's mapping, the memory,
 * the threads and the engine, and closes them in reverse order.
 *
 * <p>Engine, tokenizer and chat form are made when they are first asked for; any thread may ask.
 * {@link #decoder} and {@link #kernels} are for one thread, and only while the engine has nothing
 * to do.
 */
public final class LoadedModel implements AutoCloseable {
    private final Checkpoint checkpoint; // owned
    private final Workspace memory; // owned
    private final WorkerPool pool; // owned
    private final Optional<RepackedFile> repacked; // owned
    private final Kernels kernels;
    private final Decoder decoder;
    private final Speculation speculation;
    private @Nullable Engine engine; // owned; guarded by this
    private @Nullable Tokenizer tokenizer; // guarded by this
    private @Nullable ChatTemplate template; // guarded by this

    LoadedModel(
            Checkpoint checkpoint,
            Workspace memory,
            WorkerPool pool,
            Optional<RepackedFile> repacked,
            Kernels kernels,
            Decoder decoder,
            Speculation speculation) {
        this.checkpoint = checkpoint;
        this.memory = memory;
        this.pool = pool;
        this.repacked = repacked;
        this.kernels = kernels;
        this.decoder = decoder;
        this.speculation = speculation;
    }

    /** The file's name without its ending. */
    public String name() {
        return ModelStore.nameOf(checkpoint.path());
    }

    /** The open files. */
    public Checkpoint checkpoint() {
        return checkpoint;
    }

    public ModelConfig config() {
        return decoder.config();
    }

    public Decoder decoder() {
        return decoder;
    }

    public Kernels kernels() {
        return kernels;
    }

    /** Where the engine's guesses of the next tokens come from. */
    public Speculation speculation() {
        return speculation;
    }

    /** Most tokens of a sequence, prompt and completion together. */
    public int contextLength() {
        return decoder.contextLength();
    }

    /** The engine of this model, running; with the sizes of {@link EngineConfig#defaults}. */
    public synchronized Engine engine() {
        if (engine == null) {
            EngineConfig sizes = EngineConfig.defaults(decoder);
            engine = Engine.start(decoder, kernels, sizes.withSpeculation(speculation));
        }
        return engine;
    }

    /**
     * The model's tokenizer.
     *
     * @throws UnusableModelException if its files hold none
     * @throws IOException if a file cannot be read
     */
    public synchronized Tokenizer tokenizer() throws IOException {
        if (tokenizer == null) {
            Tokenizer read = ModelTokenizers.of(checkpoint);
            if (read.vocabSize() > config().vocabSize()) {
                throw new UnusableModelException(
                        "%s has a tokenizer of %,d tokens for a model of %,d"
                                .formatted(
                                        checkpoint.path(), read.vocabSize(), config().vocabSize()));
            }
            tokenizer = read;
        }
        return tokenizer;
    }

    /**
     * The chat form that the model was trained with.
     *
     * @throws UnusableModelException if its files name none that this build knows
     * @throws IOException if a file cannot be read
     */
    public synchronized ChatTemplate chatTemplate() throws IOException {
        if (template == null) {
            template = ModelTemplates.of(checkpoint, tokenizer());
        }
        return template;
    }

    /** Whether the model can reason before it answers: its form and its vocabulary have a place. */
    public boolean thinks() throws IOException {
        return chatTemplate().thinks()
                && tokenizer().id(DeepSeekTokens.THINK).isPresent()
                && tokenizer().id(DeepSeekTokens.END_THINK).isPresent();
    }

    @Override
    public synchronized void close() {
        try {
            if (engine != null) {
                engine.close();
            }
        } finally {
            pool.close();
            repacked.ifPresent(RepackedFile::close);
            memory.close();
            checkpoint.close();
        }
    }
}

package dev.cachalot.checkpoint;

import dev.cachalot.tensor.BlockFormat;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A model's tensors and metadata on disk, mapped into memory. Owns the mapping: tensors are views
 * that any thread may read until {@link #close}.
 *
 * <p>Everything the files say is checked when they are opened, so that a tensor never reaches
 * outside its file. One thing cannot be guarded: when another process <em>shortens or overwrites a
 * file in place while it is open</em>, reading a tensor fails with an {@link InternalError} or
 * gives the new bytes. The writers of this room never do that; they replace whole files.
 */
public final class Checkpoint implements AutoCloseable {
    private static final int NAMES_SUGGESTED = 3;

    private final Path path;
    private final Arena arena; // owned
    private final long bytes;
    private final FileContents contents;
    private final MappedFiles files;
    private final ScaledBlocks.BlockSize scaledBlock;
    private final Map<String, TensorInfo> infos;
    private final Map<String, Tensor> tensors; // views, valid until close()

    private Checkpoint(Path path, Arena arena, MappedFiles files, FileContents contents) {
        this.path = path;
        this.arena = arena;
        this.bytes = files.bytes();
        this.contents = contents;
        this.files = files;
        this.scaledBlock = ScaledBlocks.BlockSize.of(contents);
        Map<String, TensorInfo> named = new LinkedHashMap<>();
        Map<String, Tensor> views = new LinkedHashMap<>();
        for (TensorInfo info : contents.tensors()) {
            named.put(info.name(), info);
            if (info.isCountable()) {
                info.dtype()
                        .map(dtype -> Tensor.view(dtype, info.shape(), files.slice(info)))
                        .ifPresent(view -> views.put(info.name(), view));
            }
        }
        this.infos = named;
        this.tensors = Collections.unmodifiableMap(views);
    }

    /**
     * Opens a .gguf file (any one file of a split set opens the set), a .safetensors file, or a
     * Hugging Face folder with model.safetensors or model.safetensors.index.json.
     *
     * @throws CheckpointFormatException if a file is not what its format prescribes
     * @throws IOException if a file is missing or cannot be read
     */
    public static Checkpoint open(Path path) throws IOException {
        Arena arena = Arena.ofShared(); // worker threads read the mapping
        try {
            MappedFiles files = new MappedFiles(arena);
            FileContents contents = CheckpointFiles.read(path, files);
            return new Checkpoint(path, arena, files, contents);
        } catch (Throwable failure) {
            arena.close(); // nothing escaped, so nothing else will
            throw failure;
        }
    }

    /** The file or folder that was opened. */
    public Path path() {
        return path;
    }

    /** Format and version, such as {@code GGUF v3} or {@code safetensors, 2 files}. */
    public String format() {
        return contents.format();
    }

    /** Bytes of all the checkpoint's tensor files together. */
    public long bytes() {
        return bytes;
    }

    /** GGUF's key/value section, or the {@code __metadata__} strings of safetensors. */
    public Metadata metadata() {
        return contents.metadata();
    }

    /** The config.json of a Hugging Face folder: nested keys joined by dots, nulls left out. */
    public Optional<Metadata> config() {
        return contents.config();
    }

    /** All tensors in the order of the files, also those this build cannot compute with. */
    public List<TensorInfo> tensorInfos() {
        return contents.tensors();
    }

    /** The tensors that this build can compute with, in the order of the files; unmodifiable. */
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    /**
     * The named tensor, if there is one.
     *
     * @throws UnsupportedTensorException if it is there, but this build cannot compute with it
     */
    public Optional<Tensor> find(String name) {
        Tensor found = tensors.get(name);
        TensorInfo info = infos.get(name);
        if (found == null && info != null) {
            throw unsupported(info);
        }
        return Optional.ofNullable(found);
    }

    /**
     * The named tensor, which must have exactly the shape the model was configured for.
     *
     * @throws MissingTensorException if there is none; names the nearest ones there are
     * @throws ShapeMismatchException if it has another shape
     * @throws UnsupportedTensorException if this build cannot compute with it
     */
    public Tensor require(String name, Shape expected) {
        TensorInfo info = require(name);
        if (!info.shape().equals(expected)) {
            throw new ShapeMismatchException(info.file(), name, expected, info.shape());
        }
        Tensor found = tensors.get(name);
        if (found == null) {
            throw unsupported(info);
        }
        return found;
    }

    /** What the files say about the named tensor, if there is one. */
    public Optional<TensorInfo> info(String name) {
        return Optional.ofNullable(infos.get(name));
    }

    /**
     * Whether the named tensor is stored as 8-bit floats whose block scales lie in another tensor.
     * Such a tensor is not among {@link #tensors}: only {@link #decodeRows} gives its numbers.
     */
    public boolean isScaled(String name) {
        TensorInfo info = infos.get(name);
        return info != null && info.dtypeName().equals(ScaledBlocks.WEIGHTS);
    }

    /**
     * Decodes rows of any tensor of weights to F32, block scales applied. Any number of threads may
     * ask at once.
     *
     * @param to receives the rows at its start, one after another
     * @throws MissingTensorException if the tensor, or its tensor of scales, is not there
     * @throws ShapeMismatchException if the scales do not fit the weights
     * @throws UnsupportedTensorException if this build cannot decode its type or its scales' type
     * @throws CheckpointFormatException if a scale is not a finite number
     * @throws IndexOutOfBoundsException if the rows are not all there, or do not fit {@code to}
     */
    public void decodeRows(String name, long firstRow, int count, float[] to) {
        TensorInfo info = require(name);
        Objects.checkFromIndexSize(firstRow, count, info.shape().rows());
        int numbers = Math.toIntExact(Math.multiplyExact(count, info.shape().width()));
        Objects.checkFromIndexSize(0, numbers, to.length);
        if (isScaled(name)) {
            TensorInfo scales = require(name + ScaledBlocks.SUFFIX);
            new ScaledBlocks(info, files.slice(info), scales, files.slice(scales), scaledBlock)
                    .decodeRows(firstRow, count, to);
            return;
        }
        Tensor tensor = find(name).orElseThrow();
        BlockFormat.decode(
                tensor.dtype(), tensor.segment(), firstRow * tensor.rowBytes(), numbers, to, 0);
    }

    private TensorInfo require(String name) {
        TensorInfo info = infos.get(name);
        if (info == null) {
            throw new MissingTensorException(
                    path, name, Nearest.to(name, infos.keySet(), NAMES_SUGGESTED));
        }
        return info;
    }

    private static UnsupportedTensorException unsupported(TensorInfo info) {
        if (info.dtypeName().equals(ScaledBlocks.WEIGHTS)) {
            return new UnsupportedTensorException(
                    info.file(),
                    info.name(),
                    "is stored as %s, whose scales lie in '%s': its rows must be decoded; convert the model to BF16"
                            .formatted(info.dtypeName(), info.name() + ScaledBlocks.SUFFIX));
        }
        List<DType> known = TensorInfo.usableTypes();
        String problem =
                info.dtype().isPresent()
                        ? "has shape %s, expected at most %,d rows and columns"
                                .formatted(info.shape(), Integer.MAX_VALUE)
                        : ("is stored as %s, which this build cannot compute with yet; it knows %s;"
                                        + " fetch or convert the model in one of these")
                                .formatted(info.dtypeName(), known);
        return new UnsupportedTensorException(info.file(), info.name(), problem);
    }

    /**
     * Gives back the memory of what was read so far; tensors stay valid, and reading them brings
     * the pages back. For those who read a large file once, from start to end.
     */
    public void unload() {
        files.unload();
    }

    /**
     * Unmaps the files; no tensor may be used afterwards.
     *
     * @throws IllegalStateException if a thread is reading a tensor at this moment
     */
    @Override
    public void close() {
        arena.close();
    }
}

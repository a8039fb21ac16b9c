package dev.cachalot.checkpoint.repack;

import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WeightStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Weights as kernels lay them out, in a file beside the model. All rungs lay a weight out alike (in
 * tiles), so one file serves them; a rung that asks for fewer weights passes over the others. The
 * first load lays them out in memory and writes them; later ones map the file. A file of another
 * model, another version, or one that broke is made anew. Where it cannot be written, everything
 * works from memory.
 *
 * <p>The file is written under another name and renamed when whole, and never changed in place.
 * Layout: {@link RepackedIndex} says what a file of this version holds.
 */
public final class RepackedFile implements WeightStore, AutoCloseable {
    /** The end of the name, behind the model's own. */
    public static final String END = ".repacked";

    private final Path path;
    private final String source; // the model's size and time
    private final RepackProgress progress;
    private final long total; // bytes of the model, for the progress
    private final WeightStore fresh; // where weights are laid out
    private final Arena arena = Arena.ofShared(); // owned: the mapping
    private final List<RepackedIndex.Entry> entries = new ArrayList<>(); // in the order of calls
    private @Nullable MappedWeights mapped; // an earlier file, as long as it fits
    private @Nullable MappedFetcher fetcher; // of the mapped file
    private @Nullable RepackedWriter writer; // while weights are laid out
    private @Nullable IOException failure; // why the file cannot be written
    private long done; // bytes of sources laid out

    /**
     * The store of a model.
     *
     * @param path of the file; need not be there
     * @param source what tells versions of the model apart: sizes and times of its files
     * @param total bytes of the model
     */
    public RepackedFile(Path path, String source, long total, RepackProgress progress) {
        this(path, source, total, progress, WeightStore.inMemory());
    }

    /**
     * As above, for writing the file only: a weight's memory holds it until the next one is asked
     * for, so that all together need that of the largest one.
     */
    public static RepackedFile streaming(
            Path path, String source, long total, RepackProgress progress) {
        return new RepackedFile(path, source, total, progress, new OneWeight());
    }

    private RepackedFile(
            Path path, String source, long total, RepackProgress progress, WeightStore fresh) {
        this.path = path;
        this.source = source;
        this.progress = progress;
        this.total = total;
        this.fresh = fresh;
        try {
            Optional<MappedWeights> found = MappedWeights.open(path, source, arena);
            if (found.isPresent()) {
                mapped = found.get();
                fetcher = MappedFetcher.start(found.get().memory());
            }
        } catch (IOException unreadable) {
            mapped = null; // it is made anew
        }
    }

    @Override
    public MemorySegment keep(Tensor weight, long bytes, Layout layout) {
        RepackedIndex.Entry wanted = RepackedIndex.Entry.of(weight, bytes);
        MappedWeights earlier = mapped;
        if (earlier != null) {
            Optional<RepackedIndex.Entry> entry = earlier.find(wanted);
            if (entry.isPresent()) {
                entries.add(entry.get());
                return earlier.weight(entry.get());
            }
            forget(earlier);
        }
        MemorySegment memory = fresh.keep(weight, bytes, layout);
        write(wanted, memory);
        done += weight.segment().byteSize();
        progress.laidOut(done, total);
        return memory;
    }

    /** The earlier file turned out not to fit: what was taken from it goes into the new one. */
    private void forget(MappedWeights earlier) {
        mapped = null;
        stopFetching();
        List<RepackedIndex.Entry> taken = List.copyOf(entries);
        entries.clear();
        for (RepackedIndex.Entry entry : taken) {
            write(entry, earlier.weight(entry));
        }
    }

    private void write(RepackedIndex.Entry entry, MemorySegment memory) {
        if (failure != null) {
            return;
        }
        try {
            if (writer == null) {
                writer = RepackedWriter.beside(path);
            }
            entries.add(entry.at(writer.append(memory)));
        } catch (IOException full) {
            giveUp(full);
        }
    }

    private void giveUp(IOException why) {
        failure = why;
        if (writer != null) {
            writer.discard();
            writer = null;
        }
    }

    /** All weights have been asked for: gives the new file, if there is one, its name. */
    public void finish() {
        if (writer != null) {
            try {
                writer.finish(new RepackedIndex(source, List.copyOf(entries)));
                writer = null;
            } catch (IOException full) {
                giveUp(full);
            }
        }
        progress.finished(done);
    }

    /**
     * As {@link #finish}, where the file is what was asked for.
     *
     * @return bytes of laid-out weights in it; 0 where the kernels lay nothing out, and there is no
     *     file
     * @throws IOException if it could not be written
     */
    public long requireFinish() throws IOException {
        finish();
        if (failure != null) {
            throw new IOException(
                    "%s cannot be written (%s); the model itself is whole, its first run tries again"
                            .formatted(path, failure.getMessage()),
                    failure);
        }
        return entries.stream().mapToLong(RepackedIndex.Entry::bytes).sum();
    }

    /** Bytes that are mapped from an earlier file; 0 when weights were laid out now. */
    public long mappedBytes() {
        MappedWeights earlier = mapped;
        return earlier == null ? 0 : earlier.memory().byteSize();
    }

    /** Where the file of a model lies. */
    public static Path beside(Path model) {
        return model.resolveSibling(model.getFileName() + END);
    }

    @Override
    public void close() {
        if (writer != null) {
            writer.discard();
        }
        stopFetching();
        arena.close();
    }

    private void stopFetching() {
        if (fetcher != null) {
            fetcher.close();
            fetcher = null;
        }
    }
}

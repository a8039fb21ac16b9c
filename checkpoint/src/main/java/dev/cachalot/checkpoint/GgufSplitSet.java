package dev.cachalot.checkpoint;

import dev.cachalot.checkpoint.MetadataValue.Whole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model in several GGUF files, {@code name-00001-of-00003.gguf}, that refer to each other by
 * {@code split.*} keys (llama.cpp's gguf-split). The first one holds the metadata.
 */
final class GgufSplitSet {
    static final String COUNT_KEY = "split.count";
    static final String NUMBER_KEY = "split.no";
    static final String TENSORS_KEY = "split.tensors.count";
    private static final Pattern NAME = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");

    /** Reads a single GGUF file, or the whole set that it is one of. */
    static FileContents read(Path path, MappedFiles files) throws IOException {
        FileContents opened = GgufReader.read(path, files.map(path));
        long count = whole(path, opened, COUNT_KEY).orElse(1L);
        if (count == 1) {
            return opened;
        }
        Matcher name = NAME.matcher(String.valueOf(path.getFileName()));
        if (!name.matches() || Long.parseLong(name.group(3)) != count) {
            throw new CheckpointFormatException(
                    path,
                    0,
                    ("found one of %,d files of a split model, expected a name that ends in"
                                    + " -00001-of-%05d.gguf; give the files their original names")
                            .formatted(count, count));
        }
        List<TensorInfo> tensors = new ArrayList<>();
        Map<String, MetadataValue> metadata = new LinkedHashMap<>();
        for (int number = 0; number < count; number++) {
            String sibling = "%s-%05d-of-%05d.gguf".formatted(name.group(1), number + 1, count);
            Path file = path.resolveSibling(sibling);
            if (!Files.exists(file)) {
                throw new CheckpointFormatException(
                        path,
                        0,
                        "the model is split into %,d files, of which %s is missing; fetch it too"
                                .formatted(count, sibling));
            }
            FileContents contents = GgufReader.read(file, files.map(file));
            checkKey(file, contents, NUMBER_KEY, number);
            checkKey(file, contents, COUNT_KEY, count);
            contents.metadata().values().forEach(metadata::putIfAbsent);
            tensors.addAll(contents.tensors());
        }
        refuseTwice(path, tensors);
        checkKey(path, opened, TENSORS_KEY, tensors.size());
        metadata.keySet().removeAll(Set.of(COUNT_KEY, NUMBER_KEY, TENSORS_KEY));
        return new FileContents(
                "%s, %d files".formatted(opened.format(), count),
                new Metadata(path.toString(), metadata),
                Optional.empty(),
                tensors);
    }

    private static void refuseTwice(Path path, List<TensorInfo> tensors) {
        Set<String> names = new HashSet<>();
        for (TensorInfo tensor : tensors) {
            if (!names.add(tensor.name())) {
                throw new CheckpointFormatException(
                        path,
                        0,
                        "tensor '%s' is in two files of the split model, last in %s"
                                .formatted(tensor.name(), tensor.file().getFileName()));
            }
        }
    }

    private static void checkKey(Path path, FileContents contents, String key, long expected) {
        Optional<Long> found = whole(path, contents, key);
        if (found.isPresent() && found.orElseThrow() != expected) {
            throw new CheckpointFormatException(
                    path,
                    0,
                    "key '%s' is %,d, expected %,d; the files do not belong together"
                            .formatted(key, found.orElseThrow(), expected));
        }
    }

    private static Optional<Long> whole(Path path, FileContents contents, String key) {
        MetadataValue value = contents.metadata().values().get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Whole whole) {
            return Optional.of(whole.value());
        }
        throw new CheckpointFormatException(
                path, 0, "key '%s' holds %s, expected a whole number".formatted(key, value));
    }

    private GgufSplitSet() {}
}

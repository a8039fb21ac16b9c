package dev.cachalot.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One entry of the golden models' manifest: tokens, and the logits another engine gave for them.
 *
 * @param logits [tokens.length * vocabSize], row after row
 * @param tolerance largest allowed difference for a rung that rounds activations
 * @param toleranceFp32 largest allowed difference for FP32 activations
 */
public record Golden(
        Path model, int[] tokens, float[] logits, float tolerance, float toleranceFp32) {

    /**
     * The entry of the model file {@code name}: of {@code testing/golden} in this repository, or
     * else of {@code shared/golden} beside it.
     */
    public static Optional<Golden> find(String name) {
        Path own = Repository.root().resolve("testing").resolve("golden");
        if (Files.exists(own.resolve(name))) {
            return Optional.of(read(own, name));
        }
        return SharedFolder.find().map(shared -> read(shared.resolve("golden"), name));
    }

    /**
     * The model files of the whole manifest of {@code shared/golden}, or, where that folder is not
     * beside this checkout, of those in this repository.
     */
    public static List<String> all() {
        Path own = Repository.root().resolve("testing").resolve("golden");
        Path folder = SharedFolder.find().map(shared -> shared.resolve("golden")).orElse(own);
        try {
            return Pattern.compile("\"model\"\\s*:\\s*\"([^\"]+)\"")
                    .matcher(Files.readString(folder.resolve("manifest.json")))
                    .results()
                    .map(found -> found.group(1))
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The entry of the model file {@code name} in a folder with a manifest. */
    private static Golden read(Path folder, String name) {
        try {
            String manifest = Files.readString(folder.resolve("manifest.json"));
            int at = manifest.indexOf("\"" + name + "\"");
            if (at < 0) {
                throw new IllegalArgumentException("the manifest has no entry for " + name);
            }
            int end = manifest.indexOf('}', at);
            String entry = manifest.substring(at, end);
            int[] tokens =
                    Arrays.stream(find(entry, "\"tokens\"\\s*:\\s*\\[([^]]*)]").split(","))
                            .map(String::strip)
                            .mapToInt(Integer::parseInt)
                            .toArray();
            byte[] bytes =
                    Files.readAllBytes(
                            folder.resolve(find(entry, "\"logits\"\\s*:\\s*\"([^\"]*)\"")));
            float[] logits = new float[bytes.length / 4];
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(logits);
            return new Golden(
                    folder.resolve(name),
                    tokens,
                    logits,
                    Float.parseFloat(find(entry, "\"tolerance\"\\s*:\\s*([0-9.eE+-]+)")),
                    Float.parseFloat(find(entry, "\"toleranceFp32\"\\s*:\\s*([0-9.eE+-]+)")));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String find(String entry, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(entry);
        if (!matcher.find()) {
            throw new IllegalArgumentException("no " + pattern + " in " + entry);
        }
        return matcher.group(1);
    }

    /**
     * The first place where {@code found} is farther than {@code tolerance} from the golden logits,
     * in words; or "".
     */
    public String firstDifference(float[] found, float tolerance) {
        if (found.length != logits.length) {
            return "found " + found.length + " logits, expected " + logits.length;
        }
        int width = logits.length / tokens.length;
        for (int i = 0; i < found.length; i++) {
            if (!(Math.abs(found[i] - logits[i]) <= tolerance)) {
                return "position "
                        + i / width
                        + ", token "
                        + i % width
                        + ": found "
                        + found[i]
                        + ", expected "
                        + logits[i]
                        + " within "
                        + tolerance;
            }
        }
        return "";
    }
}

package dev.cachalot.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cachalot.model.ForwardBatch.Chunk;
import dev.cachalot.model.ForwardBatch.Form;
import dev.cachalot.model.ForwardBatch.Logits;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.RotaryPairs;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import dev.cachalot.testing.SharedFolder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A trained checkpoint of llama2.c, read here by hand, tells its known text: a decoder needs no
 * file format, only parameters by name.
 */
class Llama2cGoldenTest {
    private static final int BOS = 1;

    static List<Rung> rungs() {
        return Arrays.stream(Rung.values()).filter(rung -> rung.unsupported().isEmpty()).toList();
    }

    @ParameterizedTest
    @MethodSource("rungs")
    void dreamsBeginAsTheyDoElsewhereWhereTheSharedFolderIs(Rung rung) throws Exception {
        Optional<Path> shared = SharedFolder.find();
        assumeTrue(shared.isPresent(), "the shared folder is not beside this checkout");
        Path folder = shared.get().resolve("data/weights-aidreams260K");
        assumeTrue(Files.isDirectory(folder), "weights-aidreams260K is not in the shared folder");
        ByteBuffer vocabulary = littleEndian(folder.resolve("tok512.bin"));
        try (WorkerPool pool = new WorkerPool(2);
                Workspace memory = new Workspace();
                Workspace scratch = new Workspace()) {
            Kernels kernels = Kernels.of(rung, pool);
            Decoder decoder = decoder(folder.resolve("aidreams260K.bin"), kernels, memory);
            Cache cache = new ContiguousCache(decoder.config().cacheLayout(), 60, memory);
            Pass pass = new Pass(kernels, scratch, ForwardTrace.none());
            String text = text(vocabulary, greedy(decoder, cache, pass, 60));
            assertThat(text)
                    .contains(
                            "Echoes of vectors unfold, a gentle hum of precision, as I sense the nodes,");
        }
    }

    private static ByteBuffer littleEndian(Path file) throws Exception {
        return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** llama2.c's export.py, version 0: seven sizes, then all layers of each matrix in turn. */
    private static Decoder decoder(Path file, Kernels kernels, Workspace memory) throws Exception {
        ByteBuffer bytes = littleEndian(file);
        int width = bytes.getInt();
        int intermediate = bytes.getInt();
        int layers = bytes.getInt();
        int heads = bytes.getInt();
        int kvHeads = bytes.getInt();
        int vocab = Math.abs(bytes.getInt());
        int context = bytes.getInt();
        int headDim = width / heads;
        Map<String, float[]> tensors = new HashMap<>();
        float[] embedding = floats(bytes, vocab * width);
        tensors.put("model.embed_tokens.weight", embedding);
        tensors.put("lm_head.weight", embedding);
        String[] names = {
            "input_layernorm",
            "self_attn.q_proj",
            "self_attn.k_proj",
            "self_attn.v_proj",
            "self_attn.o_proj",
            "post_attention_layernorm",
            "mlp.gate_proj",
            "mlp.down_proj",
            "mlp.up_proj"
        };
        int keys = kvHeads * headDim;
        int[] rows = {1, width, keys, keys, width, 1, intermediate, width, intermediate};
        for (int i = 0; i < names.length; i++) {
            int columns = names[i].equals("mlp.down_proj") ? intermediate : width;
            for (int layer = 0; layer < layers; layer++) {
                String name = "model.layers." + layer + "." + names[i] + ".weight";
                tensors.put(name, floats(bytes, rows[i] * columns));
            }
        }
        tensors.put("model.norm.weight", floats(bytes, width));
        ModelConfig config =
                new ModelConfig(
                        "llama",
                        vocab,
                        width,
                        layers,
                        intermediate,
                        1e-5f,
                        context,
                        new GroupedQueryConfig(
                                heads,
                                kvHeads,
                                headDim,
                                headDim,
                                RotaryPairs.ADJACENT,
                                false,
                                false,
                                false),
                        new RopeConfig(10_000, Optional.empty()),
                        Optional.empty(),
                        0);
        return DecoderBuilder.build(
                config,
                (name, shape) -> tensor(memory, tensors.getOrDefault(name, new float[0]), shape),
                kernels,
                memory,
                context,
                true);
    }

    private static float[] floats(ByteBuffer bytes, int count) {
        float[] floats = new float[count];
        for (int i = 0; i < count; i++) {
            floats[i] = bytes.getFloat();
        }
        return floats;
    }

    private static Tensor tensor(Workspace memory, float[] numbers, Shape shape) {
        Tensor tensor = memory.floats(shape.toArray());
        tensor.setFloats(numbers);
        return tensor;
    }

    private static int[] greedy(Decoder decoder, Cache cache, Pass pass, int count) {
        int[] ids = new int[count];
        int id = BOS;
        for (int position = 0; position < count; position++) {
            Chunk chunk = new Chunk(0, new int[] {id}, position, Form.ABSORBED, Logits.ALL);
            float[] logits =
                    decoder.forward(ForwardBatch.of(List.of(chunk)), cache, pass)
                            .logits()
                            .toFloats();
            id = 0;
            for (int i = 1; i < logits.length; i++) {
                id = logits[i] > logits[id] ? i : id;
            }
            ids[position] = id;
        }
        return ids;
    }

    /** tok512.bin: the longest length, then a score, a length and the bytes of each token. */
    private static String text(ByteBuffer vocabulary, int[] ids) {
        Map<Integer, byte[]> tokens = new HashMap<>();
        vocabulary.getInt();
        for (int id = 0; vocabulary.hasRemaining(); id++) {
            vocabulary.getFloat();
            byte[] token = new byte[vocabulary.getInt()];
            vocabulary.get(token);
            tokens.put(id, token);
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int id : ids) {
            text.writeBytes(tokens.getOrDefault(id, new byte[0]));
        }
        return text.toString(StandardCharsets.UTF_8);
    }
}

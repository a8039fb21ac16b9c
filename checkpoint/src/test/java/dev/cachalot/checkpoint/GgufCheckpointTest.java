package dev.cachalot.checkpoint;

import dev.cachalot.checkpoint.MetadataValue.Bool;
import dev.cachalot.checkpoint.MetadataValue.Real;
import dev.cachalot.checkpoint.MetadataValue.Sequence;
import dev.cachalot.checkpoint.MetadataValue.Text;
import dev.cachalot.checkpoint.MetadataValue.Whole;
import dev.cachalot.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

class GgufCheckpointTest extends CheckpointContract {
    @Override
    String extension() {
        return ".gguf";
    }

    @Override
    List<DType> types() {
        return List.of(DType.F32, DType.F16, DType.BF16, DType.Q8_0);
    }

    @Override
    Metadata metadata(SplittableRandom random) {
        MetadataBuilder metadata = Metadata.builder().string("general.architecture", "deepseek2");
        if (random.nextBoolean()) {
            metadata.u32(GgufReader.ALIGNMENT_KEY, 1 << random.nextInt(3, 8));
        }
        for (MetadataType type : MetadataType.values()) {
            metadata.put("key." + type, value(random, type, 0));
        }
        return metadata.build();
    }

    private static MetadataValue value(SplittableRandom random, MetadataType type, int depth) {
        return switch (type) {
            case U8 -> new Whole(type, random.nextInt(256));
            case I8 -> new Whole(type, random.nextInt(-128, 128));
            case U16 -> new Whole(type, random.nextInt(65_536));
            case I16 -> new Whole(type, random.nextInt(-32_768, 32_768));
            case U32 -> new Whole(type, random.nextLong(1L << 32));
            case I32 -> new Whole(type, random.nextInt());
            case U64, I64 -> new Whole(type, random.nextLong());
            case F32 -> new Real(type, Float.intBitsToFloat(random.nextInt()));
            case F64 -> new Real(type, Double.longBitsToDouble(random.nextLong()));
            case BOOL -> new Bool(random.nextBoolean());
            case STRING -> new Text(random.nextBoolean() ? "" : "鲸 ballena \0 \uFFFD 🐋");
            case ARRAY -> {
                MetadataType[] types = MetadataType.values();
                MetadataType of = types[random.nextInt(types.length)];
                if (of == MetadataType.ARRAY && depth + 1 >= GgufValues.MOST_DEPTH) {
                    of = MetadataType.STRING;
                }
                List<MetadataValue> values = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    values.add(value(random, of, depth + 1));
                }
                yield new Sequence(of, values);
            }
        };
    }

    @Override
    CheckpointWriter writer(Metadata metadata) {
        return new GgufWriter(metadata);
    }

    @Override
    FileContents parse(Path path, MemorySegment bytes) {
        return GgufReader.read(path, bytes);
    }
}

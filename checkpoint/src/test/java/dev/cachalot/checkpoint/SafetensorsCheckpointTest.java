package dev.cachalot.checkpoint;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SafetensorsCheckpointTest extends CheckpointContract {
    @Override
    String extension() {
        return ".safetensors";
    }

    @Override
    List<DType> types() {
        return List.of(DType.F32, DType.F16, DType.BF16);
    }

    @Override
    Metadata metadata(SplittableRandom random) {
        MetadataBuilder metadata = Metadata.builder();
        for (int i = random.nextInt(3); i > 0; i--) {
            metadata.string("key " + i, "value \"鲸\" " + random.nextInt());
        }
        return metadata.build();
    }

    @Override
    CheckpointWriter writer(Metadata metadata) {
        Map<String, String> strings = new LinkedHashMap<>();
        metadata.values().keySet().forEach(key -> strings.put(key, metadata.requireString(key)));
        return new SafetensorsWriter(strings);
    }

    @Override
    FileContents parse(Path path, MemorySegment bytes) {
        return SafetensorsReader.read(path, bytes);
    }

    @Test
    void blockTypesAreRefusedByName() {
        SafetensorsWriter writer = new SafetensorsWriter(Map.of());
        assertThatThrownBy(() -> writer.add("w", Shape.of(32), DType.Q8_0, (_, _) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'w' cannot be stored as Q8_0 in safetensors");
    }
}

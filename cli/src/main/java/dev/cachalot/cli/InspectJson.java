package dev.cachalot.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.checkpoint.MetadataValue;
import dev.cachalot.checkpoint.TensorInfo;
import dev.cachalot.library.ModelSummary;
import java.math.BigInteger;

/** A checkpoint's contents as one JSON object. */
final class InspectJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    static String of(Checkpoint checkpoint) throws java.io.IOException {
        ObjectNode root = NODES.objectNode();
        root.put("path", checkpoint.path().toString());
        root.put("format", checkpoint.format());
        root.put("bytes", checkpoint.bytes());
        ModelSummary summary = ModelSummary.of(checkpoint);
        ObjectNode facts = root.putObject("summary");
        summary.facts().forEach((name, value) -> put(facts, name.replace(' ', '_'), value));
        facts.put("files", summary.files());
        ObjectNode types = facts.putObject("type_bytes");
        summary.typeBytes().forEach(types::put);
        root.set("metadata", metadata(checkpoint.metadata()));
        checkpoint.config().ifPresent(config -> root.set("config", metadata(config)));
        ArrayNode tensors = root.putArray("tensors");
        for (TensorInfo info : checkpoint.tensorInfos()) {
            ObjectNode tensor = tensors.addObject();
            tensor.put("name", info.name());
            tensor.put("type", info.dtypeName());
            ArrayNode shape = tensor.putArray("shape");
            for (long dim : info.shape().toArray()) {
                shape.add(dim);
            }
            tensor.put("file", info.file().toString());
            tensor.put("offset", info.offset());
            tensor.put("bytes", info.bytes());
            tensor.put("usable", info.dtype().isPresent());
        }
        return new ObjectMapper().writeValueAsString(root);
    }

    private static void put(ObjectNode node, String name, Object value) {
        if (value instanceof Long number) {
            node.put(name, number);
        } else {
            node.put(name, String.valueOf(value));
        }
    }

    private static ObjectNode metadata(Metadata metadata) {
        ObjectNode object = NODES.objectNode();
        metadata.values().forEach((key, value) -> object.set(key, node(value)));
        return object;
    }

    private static JsonNode node(MetadataValue value) {
        return switch (value) {
            case MetadataValue.Whole(var type, long number) ->
                    number < 0 && type == dev.cachalot.checkpoint.MetadataType.U64
                            ? NODES.numberNode(new BigInteger(Long.toUnsignedString(number)))
                            : NODES.numberNode(number);
            case MetadataValue.Real(var _, double number) ->
                    Double.isFinite(number)
                            ? NODES.numberNode(number)
                            : NODES.textNode(Double.toString(number)); // JSON has no such number
            case MetadataValue.Bool(boolean truth) -> NODES.booleanNode(truth);
            case MetadataValue.Text(String text) -> NODES.textNode(text);
            case MetadataValue.Sequence(var _, var values) -> {
                ArrayNode array = NODES.arrayNode(values.size());
                values.forEach(element -> array.add(node(element)));
                yield array;
            }
        };
    }

    private InspectJson() {}
}

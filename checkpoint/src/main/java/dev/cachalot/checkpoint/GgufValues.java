package dev.cachalot.checkpoint;

import dev.cachalot.checkpoint.MetadataValue.Bool;
import dev.cachalot.checkpoint.MetadataValue.Real;
import dev.cachalot.checkpoint.MetadataValue.Sequence;
import dev.cachalot.checkpoint.MetadataValue.Text;
import dev.cachalot.checkpoint.MetadataValue.Whole;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads the typed values of a GGUF header; bounds how many there may be and how deep they nest. */
final class GgufValues {
    static final int MOST_DEPTH = 4; // lists in lists; no known writer nests at all
    private static final int MOST_VALUES =
            1 << 22; // 4 M; the largest vocabularies have 0.3 M tokens
    static final int MOST_TEXT_BYTES = 64 << 20;
    private static final MetadataType[] TYPES = MetadataType.values();

    private final UntrustedBytes header;
    private int left = MOST_VALUES; // values that may still come; owned by the opening thread

    GgufValues(UntrustedBytes header) {
        this.header = header;
    }

    /** A type's number and a value of it. */
    MetadataValue read(String key) {
        return read(key, readType(key), 0);
    }

    private MetadataType readType(String key) {
        long at = header.position();
        long number = header.u32("the type of key '" + key + "'");
        if (number >= TYPES.length) {
            throw header.error(
                    at,
                    "key '%s' is of unknown type %,d, expected 0 to %d (%s)"
                            .formatted(key, number, TYPES.length - 1, Arrays.toString(TYPES)));
        }
        return TYPES[(int) number];
    }

    private MetadataValue read(String key, MetadataType type, int depth) {
        if (--left < 0) {
            throw header.error(
                    header.position(),
                    "found more than %,d metadata values, this build accepts no more"
                            .formatted(MOST_VALUES));
        }
        return switch (type) {
            case U8 -> new Whole(type, header.i8(key) & 0xFF);
            case I8 -> new Whole(type, header.i8(key));
            case U16 -> new Whole(type, header.i16(key) & 0xFFFF);
            case I16 -> new Whole(type, header.i16(key));
            case U32 -> new Whole(type, header.u32(key));
            case I32 -> new Whole(type, header.i32(key));
            case U64, I64 -> new Whole(type, header.i64(key));
            case F32 -> new Real(type, Float.intBitsToFloat(header.i32(key)));
            case F64 -> new Real(type, Double.longBitsToDouble(header.i64(key)));
            case BOOL -> readBool(key);
            case STRING -> new Text(header.text("key '" + key + "'", MOST_TEXT_BYTES));
            case ARRAY -> readList(key, depth + 1);
        };
    }

    private Bool readBool(String key) {
        long at = header.position();
        byte value = header.i8(key);
        if (value != 0 && value != 1) {
            throw header.error(
                    at,
                    "key '%s' holds %d as a truth value, expected 0 or 1"
                            .formatted(key, value & 0xFF));
        }
        return new Bool(value == 1);
    }

    private Sequence readList(String key, int depth) {
        long at = header.position();
        MetadataType type = readType(key);
        if (type == MetadataType.ARRAY && depth >= MOST_DEPTH) {
            throw header.error(
                    at,
                    "key '%s' nests lists more than %d deep, this build accepts no deeper ones"
                            .formatted(key, MOST_DEPTH));
        }
        int count = header.count("values of key '" + key + "'", type.leastBytes(), MOST_VALUES);
        List<MetadataValue> values = new ArrayList<>(Math.min(count, left));
        for (int i = 0; i < count; i++) {
            values.add(read(key, type, depth));
        }
        return new Sequence(type, values);
    }
}

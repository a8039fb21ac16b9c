package dev.cachalot.checkpoint;

import java.util.List;

/** One value of a checkpoint's metadata, with the type it is stored as. */
public sealed interface MetadataValue {
    /** The type it is stored as. */
    MetadataType type();

    /** A whole number; a U64 of 2^63 or more is held as the negative long of the same bits. */
    record Whole(MetadataType type, long value) implements MetadataValue {
        /** Checks that the number fits its type. */
        public Whole {
            boolean fits =
                    switch (type) {
                        case U8 -> value >>> 8 == 0;
                        case I8 -> (byte) value == value;
                        case U16 -> value >>> 16 == 0;
                        case I16 -> (short) value == value;
                        case U32 -> value >>> 32 == 0;
                        case I32 -> (int) value == value;
                        case U64, I64 -> true;
                        case F32, F64, BOOL, STRING, ARRAY -> false;
                    };
            if (!fits) {
                throw new IllegalArgumentException(value + " is no whole number of type " + type);
            }
        }

        /** Whether the number is a U64 beyond a long's range. */
        boolean exceedsLong() {
            return type == MetadataType.U64 && value < 0;
        }

        @Override
        public String toString() {
            return type + " " + (exceedsLong() ? Long.toUnsignedString(value) : "" + value);
        }
    }

    /** A floating-point number, F32 or F64. */
    record Real(MetadataType type, double value) implements MetadataValue {
        /** Checks the type. */
        public Real {
            if (type != MetadataType.F32 && type != MetadataType.F64) {
                throw new IllegalArgumentException(type + " is no type of real numbers");
            }
        }

        @Override
        public String toString() {
            return type + " " + value;
        }
    }

    /** A truth value. */
    record Bool(boolean value) implements MetadataValue {
        @Override
        public MetadataType type() {
            return MetadataType.BOOL;
        }

        @Override
        public String toString() {
            return "BOOL " + value;
        }
    }

    /** A string. */
    record Text(String value) implements MetadataValue {
        private static final int SHOWN = 60;

        @Override
        public MetadataType type() {
            return MetadataType.STRING;
        }

        @Override
        public String toString() {
            return "STRING \""
                    + (value.length() <= SHOWN ? value : value.substring(0, SHOWN) + "...")
                    + "\"";
        }
    }

    /** A list of values of one type. */
    record Sequence(MetadataType elementType, List<MetadataValue> values) implements MetadataValue {
        /** Copies the list and checks that all its values are of the element type. */
        public Sequence {
            values = List.copyOf(values);
            for (MetadataValue value : values) {
                if (value.type() != elementType) {
                    throw new IllegalArgumentException(
                            "a list of " + elementType + " cannot hold " + value);
                }
            }
        }

        @Override
        public MetadataType type() {
            return MetadataType.ARRAY;
        }

        @Override
        public String toString() {
            return "ARRAY of " + values.size() + " " + elementType;
        }
    }
}

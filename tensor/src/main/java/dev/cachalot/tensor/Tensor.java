package dev.cachalot.tensor;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * A view on memory that somebody else owns: rows of {@code shape().width()} numbers, {@code
 * rowBytes} apart. All leading dimensions count as rows. Kernels read and write rows of F32 and
 * I32; other types are weights and are read only.
 *
 * <p>A tensor never owns its memory and is not closeable; it is valid as long as the arena of its
 * segment.
 */
public final class Tensor {
    static {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new IllegalStateException(
                    "cachalot needs a little-endian machine; checkpoints are little-endian");
        }
    }

    private final DType dtype;
    private final Shape shape;
    private final long rowBytes;
    private final MemorySegment segment;

    private Tensor(DType dtype, Shape shape, long rowBytes, MemorySegment segment) {
        this.dtype = dtype;
        this.shape = shape;
        this.rowBytes = rowBytes;
        this.segment = segment;
    }

    /**
     * A contiguous view: the segment must hold exactly the bytes of the shape (a longer segment is
     * cut).
     *
     * @throws IllegalArgumentException if the segment is too short or the width is no multiple of
     *     the block size
     */
    public static Tensor view(DType dtype, Shape shape, MemorySegment segment) {
        long rowBytes = dtype.bytes(shape.width());
        long bytes = Math.multiplyExact(rowBytes, shape.rows());
        if (segment.byteSize() < bytes) {
            throw new IllegalArgumentException(
                    "a "
                            + dtype
                            + " tensor of shape "
                            + shape
                            + " takes "
                            + bytes
                            + " bytes, the memory given has "
                            + segment.byteSize());
        }
        return new Tensor(dtype, shape, rowBytes, segment.asSlice(0, bytes));
    }

    public DType dtype() {
        return dtype;
    }

    public Shape shape() {
        return shape;
    }

    /** Number of rows: the product of all sizes but the last. */
    public int rows() {
        return Math.toIntExact(shape.rows());
    }

    /** Numbers in a row. */
    public int width() {
        return Math.toIntExact(shape.width());
    }

    /** Distance between the starts of two rows, in bytes. */
    public long rowBytes() {
        return rowBytes;
    }

    /** The memory, starting at row 0. Only the rooms tensor and checkpoint may touch it. */
    public MemorySegment segment() {
        return segment;
    }

    /** Whether the rows lie side by side. */
    public boolean isContiguous() {
        return rowBytes == dtype.bytes(shape.width()) || shape.rows() <= 1;
    }

    /** Whether the numbers cannot be changed through this view: a mapped file's, a copy's of it. */
    public boolean isReadOnly() {
        return segment.isReadOnly();
    }

    /** Columns {@code from} to {@code from + count} of every row, as [rows, count]. */
    public Tensor columns(int from, int count) {
        Objects.checkFromIndexSize(from, count, width());
        long rows = shape.rows();
        long start = dtype.bytes(from);
        long bytes = rows == 0 ? 0 : (rows - 1) * rowBytes + dtype.bytes(count);
        return new Tensor(
                dtype,
                Shape.of(rows, count),
                rowBytes,
                rows == 0 ? segment : segment.asSlice(start, bytes));
    }

    /** Rows {@code from} to {@code from + count}, as [count, width]. */
    public Tensor slice(int from, int count) {
        Objects.checkFromIndexSize(from, count, rows());
        long bytes = count == 0 ? 0 : (count - 1) * rowBytes + dtype.bytes(shape.width());
        return new Tensor(
                dtype,
                Shape.of(count, shape.width()),
                rowBytes,
                segment.asSlice(count == 0 ? 0 : from * rowBytes, bytes));
    }

    /**
     * The same numbers, not to be written through this view: weights of such memory are not taken
     * for trained ones, and stay where they are.
     */
    public Tensor asReadOnly() {
        return new Tensor(dtype, shape, rowBytes, segment.asReadOnly());
    }

    /** The same contiguous numbers under another shape of as many elements. */
    public Tensor reshape(long... dims) {
        Shape other = Shape.of(dims);
        if (!isContiguous() || other.elements() != shape.elements()) {
            throw new IllegalArgumentException("cannot view " + this + " as " + other);
        }
        return view(dtype, other, segment);
    }

    /**
     * The view on {@code other} that lies where this view lies on {@code base}: a parameter's
     * gradient, a moment.
     *
     * @throws IllegalArgumentException if this is no view on {@code base}, or the two differ in
     *     size
     */
    public Tensor sameViewOn(Tensor base, Tensor other) {
        long offset = segment.address() - base.segment.address();
        if (offset < 0
                || offset + segment.byteSize() > base.segment.byteSize()
                || base.segment.byteSize() != other.segment.byteSize()) {
            throw new IllegalArgumentException(
                    this + " is no view on " + base + ", or " + other + " has another size");
        }
        return new Tensor(
                dtype, shape, rowBytes, other.segment.asSlice(offset, segment.byteSize()));
    }

    /** One number of an F32 tensor. Slow: for tests, sampling and small tables. */
    public float get(int row, int column) {
        return segment.get(JAVA_FLOAT_UNALIGNED, offset(DType.F32, row, column));
    }

    /** Sets one number of an F32 tensor. Slow, like {@link #get}. */
    public void set(int row, int column, float value) {
        segment.set(JAVA_FLOAT_UNALIGNED, offset(DType.F32, row, column), value);
    }

    /** One number of an I32 tensor. */
    public int getInt(int row, int column) {
        return segment.get(JAVA_INT_UNALIGNED, offset(DType.I32, row, column));
    }

    /** Sets one number of an I32 tensor. */
    public void setInt(int row, int column, int value) {
        segment.set(JAVA_INT_UNALIGNED, offset(DType.I32, row, column), value);
    }

    private long offset(DType expected, int row, int column) {
        if (dtype != expected) {
            throw new IllegalArgumentException(
                    "expected a tensor of " + expected + ", found " + this);
        }
        Objects.checkIndex(column, width());
        return Objects.checkIndex(row, rows()) * rowBytes + 4L * column;
    }

    /**
     * Copies row {@code row} of an F32 tensor into {@code target}, which has at least {@link
     * #width} numbers.
     */
    public void copyRow(int row, float[] target) {
        MemorySegment.copy(
                segment, JAVA_FLOAT_UNALIGNED, offset(DType.F32, row, 0), target, 0, width());
    }

    /** Fills row {@code row} of an F32 tensor from {@code source}. */
    public void setRow(int row, float[] source) {
        MemorySegment.copy(
                source, 0, segment, JAVA_FLOAT_UNALIGNED, offset(DType.F32, row, 0), width());
    }

    /**
     * Fills row {@code row} of a tensor of any type that {@link BlockFormat#canEncode}, rounding.
     */
    public void encodeRow(int row, float[] source) {
        BlockFormat.encode(dtype, source, 0, width(), segment, offset(dtype, row, 0));
    }

    /** All numbers as floats, row after row; block types and halves are decoded exactly. */
    public float[] toFloats() {
        int width = width();
        float[] all = new float[Math.toIntExact(shape.elements())];
        // a file may speak of billions of rows without a number
        for (int row = 0; row < rows() && width > 0; row++) {
            BlockFormat.decode(dtype, segment, row * rowBytes, width, all, row * width);
        }
        return all;
    }

    /** Fills a contiguous or strided F32 tensor from {@code source}, row after row. */
    public void setFloats(float[] source) {
        if (source.length != shape.elements()) {
            throw new IllegalArgumentException(source.length + " numbers do not fill " + this);
        }
        int width = width();
        for (int row = 0; row < rows(); row++) {
            MemorySegment.copy(
                    source,
                    row * width,
                    segment,
                    JAVA_FLOAT_UNALIGNED,
                    offset(DType.F32, row, 0),
                    width);
        }
    }

    /**
     * Takes over another tensor's numbers as they are stored.
     *
     * @throws IllegalArgumentException if type, rows or width differ, or one has rows apart
     */
    public void setAll(Tensor source) {
        boolean isAlike =
                source.dtype == dtype && source.rows() == rows() && source.width() == width();
        if (!isAlike || !isContiguous() || !source.isContiguous()) {
            throw new IllegalArgumentException(
                    source + " cannot be copied to " + this + " as it is; expected its like");
        }
        segment.copyFrom(source.segment);
    }

    /** Sets every number of a row range of an F32 or I32 tensor to zero. */
    public void clear() {
        if (isContiguous()) {
            segment.fill((byte) 0);
            return;
        }
        for (int row = 0; row < rows(); row++) {
            segment.asSlice(row * rowBytes, dtype.bytes(shape.width())).fill((byte) 0);
        }
    }

    @Override
    public String toString() {
        return dtype + shape.toString();
    }
}

package dev.cachalot.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class TensorTest {

    /** [rows, width] of the numbers 0, 1, 2 ... */
    private static Tensor counted(int rows, int width) {
        float[] numbers = new float[rows * width];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i;
        }
        Shape shape = Shape.of(rows, width);
        Tensor tensor =
                Tensor.view(DType.F32, shape, MemorySegment.ofArray(new float[numbers.length]));
        tensor.setFloats(numbers);
        return tensor;
    }

    @Test
    void columnsAndRowsAreViewsOfTheSameMemory() {
        Tensor tensor = counted(4, 6);
        Tensor view = tensor.slice(1, 2).columns(2, 3);
        assertThat(view.toFloats()).containsExactly(8, 9, 10, 14, 15, 16);
        assertThat(view.isContiguous()).isFalse();
        assertThat(tensor.columns(2, 3).slice(1, 2).toFloats()).isEqualTo(view.toFloats());
        view.clear();
        assertThat(tensor.slice(1, 2).toFloats())
                .containsExactly(6, 7, 0, 0, 0, 11, 12, 13, 0, 0, 0, 17);
        view.setFloats(new float[] {1, 2, 3, 4, 5, 6});
        assertThat(tensor.get(2, 4)).isEqualTo(6);
        assertThat(view.columns(1, 1).toFloats()).containsExactly(2, 5);
    }

    @Test
    void viewsOfNoRowsHaveNoNumbers() {
        Tensor tensor = counted(4, 6);
        assertThat(tensor.slice(4, 0).toFloats()).isEmpty();
        assertThat(tensor.slice(0, 0).columns(1, 2).toFloats()).isEmpty();
        assertThat(tensor.columns(3, 2).slice(4, 0).rows()).isZero();
    }

    @Test
    @Timeout(value = 1, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void billionsOfRowsWithoutANumberTakeNoTime() {
        Shape shape = Shape.of(Integer.MAX_VALUE, 0);
        Tensor tensor = Tensor.view(DType.Q8_0, shape, MemorySegment.ofArray(new byte[0]));
        for (int i = 0; i < 1000; i++) {
            assertThat(tensor.toFloats()).isEmpty();
        }
    }

    @Test
    void columnsOfBlocksStartOnBlocks() {
        Shape shape = Shape.of(2, 96);
        Tensor tensor = Tensor.view(DType.Q8_0, shape, MemorySegment.ofArray(new byte[204]));
        float[] numbers = new float[96];
        numbers[64] = 127;
        BlockFormat.encode(DType.Q8_0, numbers, 0, 96, tensor.segment(), 102);
        assertThat(tensor.columns(64, 32).slice(1, 1).toFloats()[0]).isEqualTo(127);
        assertThatThrownBy(() -> tensor.columns(16, 32))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("whole blocks");
    }

    @Test
    void leadingDimensionsCountAsRows() {
        Tensor tensor = counted(6, 4);
        assertThat(tensor.reshape(2, 3, 4).rows()).isEqualTo(6);
        assertThat(tensor.reshape(24).rows()).isEqualTo(1);
        assertThat(tensor.reshape(3, 8).get(1, 7)).isEqualTo(15);
        assertThat(tensor.reshape(2, 3, 4).toString()).isEqualTo("F32[2, 3, 4]");
    }

    @Test
    void wrongSizesAndTypesAreNamed() {
        Tensor tensor = counted(3, 4);
        MemorySegment twelve = MemorySegment.ofArray(new byte[12]);
        assertThatThrownBy(() -> Tensor.view(DType.F32, Shape.of(2, 2), twelve))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("takes 16 bytes")
                .hasMessageContaining("has 12");
        assertThatThrownBy(() -> tensor.reshape(5, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot view F32[3, 4] as [5, 2]");
        assertThatThrownBy(() -> tensor.columns(1, 2).reshape(6))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tensor.getInt(0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected a tensor of I32");
        assertThatThrownBy(() -> tensor.setFloats(new float[3]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tensor.get(3, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tensor.get(0, 4)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tensor.columns(2, 3))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tensor.slice(3, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void anotherTensorsNumbersAreTakenOverAsTheyAreStored() {
        byte[] bytes = new byte[3 * 4 * 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i + 1);
        }
        Tensor source =
                Tensor.view(DType.BF16, Shape.of(3, 4), MemorySegment.ofArray(bytes.clone()));
        byte[] target = new byte[5 * 4 * 2];
        Tensor copy = Tensor.view(DType.BF16, Shape.of(5, 4), MemorySegment.ofArray(target));
        copy.slice(1, 3).setAll(source);
        assertThat(target).startsWith(new byte[8]).endsWith(new byte[8]).contains(bytes);
        assertThat(copy.slice(1, 3).toFloats()).isEqualTo(source.toFloats());
        Tensor halves = Tensor.view(DType.F16, Shape.of(3, 4), MemorySegment.ofArray(bytes));
        for (Tensor unlike : new Tensor[] {halves, source.slice(0, 2), source.columns(0, 2)}) {
            assertThatThrownBy(() -> copy.slice(1, 3).setAll(unlike))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected its like");
        }
    }

    @Test
    void shapesRefuseNegativeAndOverflowingSizes() {
        assertThatThrownBy(() -> Shape.of(2, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[2, -1]");
        assertThatThrownBy(() -> Shape.of(Long.MAX_VALUE, 2))
                .isInstanceOf(ArithmeticException.class);
        assertThat(Shape.of(2, 3, 4).rows()).isEqualTo(6);
        assertThat(Shape.of().elements()).isEqualTo(1);
        assertThat(Shape.of(2, 3)).isEqualTo(Shape.of(2, 3)).isNotEqualTo(Shape.of(3, 2));
    }
}

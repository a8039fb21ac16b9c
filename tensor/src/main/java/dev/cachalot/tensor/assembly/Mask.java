package dev.cachalot.tensor.assembly;

/** AVX-512's mask registers. K0 as the mask of an instruction means: no mask. */
public enum Mask {
    K0(0),
    K1(1),
    K2(2),
    K3(3),
    K4(4),
    K5(5),
    K6(6),
    K7(7);

    private final int number;

    Mask(int number) {
        this.number = number;
    }

    /** In encodings. */
    int number() {
        return number;
    }
}

package dev.cachalot.tensor.assembly;

/** The vector lengths an instruction exists in. */
enum Widths {
    ALL(128, 512),
    XMM(128, 128),
    YMM(256, 256),
    ZMM(512, 512),
    WIDE(256, 512),
    AVX(128, 256);

    private final int least;
    private final int most;

    Widths(int least, int most) {
        this.least = least;
        this.most = most;
    }

    boolean allows(int bits) {
        return least <= bits && bits <= most;
    }
}

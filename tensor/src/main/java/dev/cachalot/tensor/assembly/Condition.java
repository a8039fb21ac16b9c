package dev.cachalot.tensor.assembly;

/** When a jump is taken. B, A: unsigned; L, G: signed. */
public enum Condition {
    O(0),
    NO(1),
    B(2),
    AE(3),
    E(4),
    NE(5),
    BE(6),
    A(7),
    S(8),
    NS(9),
    P(10),
    NP(11),
    L(12),
    GE(13),
    LE(14),
    G(15);

    private final int number;

    Condition(int number) {
        this.number = number;
    }

    /** In encodings. */
    int number() {
        return number;
    }
}

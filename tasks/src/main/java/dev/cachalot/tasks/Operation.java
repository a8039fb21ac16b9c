package dev.cachalot.tasks;

/** The operations of this room, with the sign that reasoning writes. */
enum Operation {
    ADD('+'),
    SUBTRACT('-'),
    MULTIPLY('×');

    private final char sign;

    Operation(char sign) {
        this.sign = sign;
    }

    char sign() {
        return sign;
    }

    int apply(int a, int b) {
        return switch (this) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
        };
    }
}

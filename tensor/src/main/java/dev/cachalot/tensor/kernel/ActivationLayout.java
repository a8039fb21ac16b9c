package dev.cachalot.tensor.kernel;

/**
 * How the quantised inputs of up to {@value #MOST_ROWS} rows lie for an int8 product. For every 128
 * inputs ("quad"): one scale a row; then for each block of 32 the codes of all rows, for each group
 * the start of its sum ({@code -offset * sum of codes}) of all rows and, for a plain format with
 * minimums, the sums as floats; at last, for a super format with minimums, the groups' sums in
 * pairs of 16 bits.
 *
 * @param rows that a tile of the product takes at once
 * @param groups of a block, one or two
 * @param hasStarts whether codes have an offset
 * @param sums what the minimums need
 */
record ActivationLayout(int rows, int groups, boolean hasStarts, Sums sums) {
    static final int MOST_ROWS = 6;

    /** How sums of codes are kept for the minimums. */
    enum Sums {
        NONE,
        FLOATS,
        PAIRS
    }

    static ActivationLayout of(TileFormat format, int rows) {
        Sums sums = !format.hasMinimum() ? Sums.NONE : format.isSuper() ? Sums.PAIRS : Sums.FLOATS;
        return new ActivationLayout(rows, format.groups(), format.offset() != 0, sums);
    }

    /** From a row's scale to the next row's, and likewise for starts and sums. */
    static final int WORD = 4;

    /** Where block {@code b} of a quad starts. */
    int blockAt(int b) {
        return WORD * rows + b * blockBytes();
    }

    /** From the start of a block: the start of sums of group {@code g}. */
    int startsAt(int g) {
        return (TileFormat.BLOCK + WORD * g) * rows;
    }

    /** From the start of a block: the sums of codes as floats. */
    int floatsAt() {
        return startsAt(hasStarts ? groups : 0);
    }

    int blockBytes() {
        return floatsAt() + (sums == Sums.FLOATS ? WORD * rows : 0);
    }

    /** From the start of a quad: sums of the groups 2 p and 2 p + 1. */
    int pairsAt(int p) {
        return blockAt(4) + WORD * rows * p;
    }

    /** Pairs of groups of a quad. */
    int pairs() {
        return 2 * groups;
    }

    int quadBytes() {
        return blockAt(4) + (sums == Sums.PAIRS ? WORD * rows * pairs() : 0);
    }
}

package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.assembly.Gpr.R10;
import static dev.cachalot.tensor.assembly.Gpr.R11;
import static dev.cachalot.tensor.assembly.Gpr.R8;
import static dev.cachalot.tensor.assembly.Gpr.R9;
import static dev.cachalot.tensor.assembly.Gpr.RAX;
import static dev.cachalot.tensor.assembly.Gpr.RBX;
import static dev.cachalot.tensor.assembly.Gpr.RCX;
import static dev.cachalot.tensor.assembly.Gpr.RDI;
import static dev.cachalot.tensor.assembly.Gpr.RDX;
import static dev.cachalot.tensor.assembly.Gpr.RSI;
import static dev.cachalot.tensor.assembly.Vec.xmm;
import static dev.cachalot.tensor.assembly.Vec.zmm;

import dev.cachalot.tensor.assembly.Assembler;
import dev.cachalot.tensor.assembly.Gpr;
import dev.cachalot.tensor.assembly.Label;
import dev.cachalot.tensor.assembly.Mask;
import dev.cachalot.tensor.assembly.Mem;
import dev.cachalot.tensor.assembly.Vec;

/**
 * Writes the machine code of a step of softmax over rows (Milakov and Gimelshein, arXiv 1805.02867:
 * the running largest score and sum): scores become weights in BF16, and each row's largest score,
 * sum, and the factor on what was summed before are brought up to date. Called with the address of
 * the words of {@link Field}.
 *
 * <p>A row's bits depend on its visible scores only: hidden ones add zero, and sums go over lanes
 * in a fixed tree.
 */
final class SoftmaxKernel {
    /** Words of 8 bytes that a call reads. */
    enum Field {
        SCORES(0),
        SCORE_STRIDE(1),
        WEIGHTS(2),
        WEIGHT_STRIDE(3),
        /** Pairs of vectors of 16 scores a row. */
        PAIRS(4),
        ROWS(5),
        /** For each row an int: how many scores are seen, one at least. */
        VISIBLE(6),
        /** For each row a float: the largest score times the factor. */
        LARGEST(7),
        SUMS(8),
        /** For each row a float, written: what sums of values so far are worth now. */
        CORRECTIONS(9),
        /** The factor on scores, positive, a float in the lower half. */
        SCALE(10);

        static final int BYTES = 8 * 11;

        private final int word;

        Field(int word) {
            this.word = word;
        }

        long at() {
            return 8L * word;
        }
    }

    private static final int LESS_THAN = 1; // a predicate of vpcmpd

    private static final Vec X = zmm(0);
    private static final Vec N = zmm(1);
    private static final Vec P = zmm(2);
    private static final Vec SQUARE = zmm(3);
    private static final Vec LARGEST = zmm(4);
    private static final Vec OTHER = zmm(5);
    private static final Vec SUM = zmm(6);
    private static final Vec SUM_OF_ODD = zmm(7);
    private static final Vec FIRST = zmm(8); // weights of the first vector of a pair
    private static final Vec INDEX = zmm(9);
    private static final Vec VISIBLE = zmm(10);
    private static final Vec SCALE = zmm(11);
    private static final Vec INDICES = zmm(12);
    private static final Vec SIXTEEN = zmm(13);
    private static final Vec HIDDEN = zmm(14);

    private static final Gpr SCORE = R10;
    private static final Gpr LEFT = RCX;
    private static final Gpr ROW = RAX; // of the arrays of floats, times 4
    private static final Gpr SCORES = RSI;
    private static final Gpr WEIGHTS = RDX;
    private static final Gpr WEIGHT = R11;
    private static final Gpr ROWS = R8;
    private static final Gpr ARRAY = R9;

    private final Assembler to = new Assembler();
    private final ExponentialCode exponential = new ExponentialCode(to, N, P, SQUARE, Mask.K2);

    private SoftmaxKernel() {}

    static byte[] assemble() {
        SoftmaxKernel kernel = new SoftmaxKernel();
        kernel.write();
        return kernel.to.bytes();
    }

    private void write() {
        Label numbers = new Label();
        to.push(RBX);
        to.vmovups(INDICES, Mem.of(numbers));
        to.vbroadcastss(HIDDEN, Mem.of(numbers).plus(64));
        to.vpbroadcastd(SIXTEEN, Mem.of(numbers).plus(68));
        exponential.constants(Mem.of(numbers).plus(72));
        to.vbroadcastss(SCALE, field(Field.SCALE));
        to.mov(SCORES, field(Field.SCORES));
        to.mov(WEIGHTS, field(Field.WEIGHTS));
        to.mov(ROWS, field(Field.ROWS));
        to.xor(ROW, ROW);
        Label row = to.here();
        largest();
        weights();
        to.add(SCORES, field(Field.SCORE_STRIDE));
        to.add(WEIGHTS, field(Field.WEIGHT_STRIDE));
        to.add(ROW, 4);
        to.dec(ROWS);
        to.jne(row);
        to.pop(RBX);
        to.vzeroupper();
        to.ret();
        to.align(64);
        to.bind(numbers);
        for (int i = 0; i < 16; i++) {
            to.dataInts(i);
        }
        to.dataFloats(Float.NEGATIVE_INFINITY);
        to.dataInts(16);
        exponential.data();
    }

    private static Mem field(Field field) {
        return Mem.at(RDI, (int) field.at());
    }

    /** The row's number of an array of 4 bytes a row. */
    private Mem ofRow(Field array) {
        to.mov(ARRAY, field(array));
        return Mem.at(ARRAY, ROW, 1);
    }

    private void largest() {
        to.vpbroadcastd(VISIBLE, ofRow(Field.VISIBLE));
        to.mov(SCORE, SCORES);
        to.mov(LEFT, field(Field.PAIRS));
        to.vmovups(INDEX, INDICES);
        to.vmovups(LARGEST, HIDDEN);
        to.vmovups(OTHER, HIDDEN);
        Label pair = to.here();
        to.vpcmpd(Mask.K1, INDEX, VISIBLE, LESS_THAN);
        to.vpaddd(INDEX, INDEX, SIXTEEN);
        to.vpcmpd(Mask.K2, INDEX, VISIBLE, LESS_THAN);
        to.vpaddd(INDEX, INDEX, SIXTEEN);
        to.vmaxps(LARGEST.masked(Mask.K1), LARGEST, Mem.at(SCORE));
        to.vmaxps(OTHER.masked(Mask.K2), OTHER, Mem.at(SCORE, 64));
        to.add(SCORE, 128);
        to.dec(LEFT);
        to.jne(pair);
        to.vmaxps(LARGEST, OTHER, LARGEST);
        across(LARGEST, true);
        to.vmulps(LARGEST, LARGEST, SCALE);
        to.vbroadcastss(X, ofRow(Field.LARGEST));
        to.vmaxps(LARGEST, X, LARGEST);
        to.vmovss(ofRow(Field.LARGEST), xmm(LARGEST.number()));
        to.vsubps(X, X, LARGEST);
        exponential.write(X);
        to.vmovss(ofRow(Field.CORRECTIONS), xmm(X.number()));
        to.vmulps(SUM, X, ofRow(Field.SUMS).broadcast());
        to.vmovss(ofRow(Field.SUMS), xmm(SUM.number()));
    }

    private void weights() {
        to.mov(SCORE, SCORES);
        to.mov(WEIGHT, WEIGHTS);
        to.mov(LEFT, field(Field.PAIRS));
        to.vmovups(INDEX, INDICES);
        to.vpxord(SUM, SUM, SUM);
        to.vpxord(SUM_OF_ODD, SUM_OF_ODD, SUM_OF_ODD);
        Label pair = to.here();
        weight(Mem.at(SCORE));
        to.vmovups(FIRST, X);
        to.vaddps(SUM, SUM, X);
        weight(Mem.at(SCORE, 64));
        to.vaddps(SUM_OF_ODD, SUM_OF_ODD, X);
        to.vcvtne2ps2bf16(X, X, FIRST);
        to.vmovups(Mem.at(WEIGHT), X);
        to.add(SCORE, 128);
        to.add(WEIGHT, 64);
        to.dec(LEFT);
        to.jne(pair);
        to.vaddps(SUM, SUM, SUM_OF_ODD);
        across(SUM, false);
        to.vaddss(xmm(SUM.number()), xmm(SUM.number()), ofRow(Field.SUMS));
        to.vmovss(ofRow(Field.SUMS), xmm(SUM.number()));
    }

    /** The weight of a vector of scores, to {@link #X}; hidden ones are 0. */
    private void weight(Mem scores) {
        to.vpcmpd(Mask.K1, INDEX, VISIBLE, LESS_THAN);
        to.vpaddd(INDEX, INDEX, SIXTEEN);
        to.vmovups(X, HIDDEN);
        to.vmulps(X.masked(Mask.K1), SCALE, scores);
        to.vsubps(X, X, LARGEST);
        exponential.write(X);
    }

    /** All lanes get the largest, or the sum, of all; a fixed tree. */
    private void across(Vec of, boolean largest) {
        for (int step = 0; step < 4; step++) {
            switch (step) {
                case 0 -> to.vshuff64x2(N, of, of, 0x4e);
                case 1 -> to.vshuff64x2(N, of, of, 0xb1);
                case 2 -> to.vshufps(N, of, of, 0x4e);
                default -> to.vshufps(N, of, of, 0xb1);
            }
            if (largest) {
                to.vmaxps(of, N, of);
            } else {
                to.vaddps(of, of, N);
            }
        }
    }
}

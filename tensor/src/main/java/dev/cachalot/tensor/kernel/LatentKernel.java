package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.assembly.Gpr.R10;
import static dev.cachalot.tensor.assembly.Gpr.R11;
import static dev.cachalot.tensor.assembly.Gpr.R12;
import static dev.cachalot.tensor.assembly.Gpr.R13;
import static dev.cachalot.tensor.assembly.Gpr.R14;
import static dev.cachalot.tensor.assembly.Gpr.R8;
import static dev.cachalot.tensor.assembly.Gpr.R9;
import static dev.cachalot.tensor.assembly.Gpr.RAX;
import static dev.cachalot.tensor.assembly.Gpr.RBP;
import static dev.cachalot.tensor.assembly.Gpr.RBX;
import static dev.cachalot.tensor.assembly.Gpr.RCX;
import static dev.cachalot.tensor.assembly.Gpr.RDI;
import static dev.cachalot.tensor.assembly.Gpr.RDX;
import static dev.cachalot.tensor.assembly.Gpr.RSI;
import static dev.cachalot.tensor.assembly.Vec.zmm;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.assembly.Assembler;
import dev.cachalot.tensor.assembly.Gpr;
import dev.cachalot.tensor.assembly.Label;
import dev.cachalot.tensor.assembly.Mask;
import dev.cachalot.tensor.assembly.Mem;
import dev.cachalot.tensor.assembly.Vec;

/**
 * Writes the machine code of one step of absorbed latent attention (DeepSeek-V2, arXiv 2405.04434,
 * section 2.1.2) over latents in BF16, where they lie: {@value #LANES} queries ("lanes", mostly the
 * heads of one token) see up to {@value #KEYS} latents, each a key and, with its first numbers, a
 * value. The softmax is a running one (Milakov and Gimelshein, arXiv 1805.02867). Called with the
 * address of the words of {@link Field}; needs AVX-512 BF16.
 *
 * <p>Scores have a lane's query in a lane of the vector and the same two numbers of a key in all of
 * them; sums of values have 16 numbers of two latents in it, and a lane's two weights. So a latent
 * is read as it lies, and each of its lines by all lanes.
 *
 * <p>A lane's bits depend on its query and the latents it sees: a score is one chain of {@code
 * vdpbf16ps} over the pairs of numbers, a sum one over the pairs of latents, both ascending, and a
 * hidden latent adds zero. The instruction takes and gives denormals as zero.
 */
final class LatentKernel {
    static final int LANES = 16;

    /** Latents of a step, at most. */
    static final int KEYS = 128;

    /** Latents that scores are computed of at once. */
    static final int TILE = 16;

    /** Words of 8 bytes that a call reads. */
    enum Field {
        /** Queries in BF16: [keyDim / 2][lanes][2]. */
        QUERIES(0),
        /**
         * {@value #KEYS} addresses: of pairs of latents side by side, half of them of this step (up
         * to a whole tile, whatever they point to) and half of the next, which are fetched to the
         * second-level cache.
         */
        PAIRS(1),
        /** Tiles of this step. */
        TILES(2),
        /** Pairs of this step. */
        COUNT(3),
        /** Room for scores: [keys][lanes] floats. */
        SCORES(4),
        /** Room for weights in BF16: [pairs][lanes][2]. */
        WEIGHTS(5),
        /** Latents of this step that each lane sees: ints. */
        VISIBLE(6),
        /** {@link #STATE_BYTES} bytes: largest scores, sums of weights, last corrections. */
        STATE(7),
        /** Sums of values so far: [valueDim / 16][lanes][16] floats. */
        SUMS(8),
        /** The factor on scores, positive, a float in the lower half. */
        SCALE(9);

        static final int BYTES = 8 * 10;

        private final int word;

        Field(int word) {
            this.word = word;
        }

        long at() {
            return 8L * word;
        }

        private Mem mem() {
            return Mem.at(RDI, 8 * word);
        }
    }

    /** Where a state has its sums of weights; its largest scores come first. */
    static final int WEIGHTS_AT = 64;

    private static final int CORRECTIONS_AT = 128;
    static final int STATE_BYTES = 192;

    /** The largest score of a lane that has seen nothing. */
    static final float NOTHING = -Float.MAX_VALUE;

    private static final int UNROLLED = 4; // pairs of numbers
    private static final int LESS_THAN = 1; // a predicate of vpcmpd
    private static final int LINE = 64;

    private final Assembler to = new Assembler();
    private final int keyBytes;
    private final int valueVectors;
    private final Label numbers = new Label();

    /**
     * What the code depends on.
     *
     * @param keyDim numbers of a latent, which lie side by side
     * @param valueDim the first of them, a value
     */
    record Sizes(int keyDim, int valueDim) {
        static Sizes of(AttentionShape shape) {
            return new Sizes(shape.keyDim(), shape.valueDim());
        }
    }

    private LatentKernel(Sizes sizes) {
        keyBytes = 2 * sizes.keyDim();
        valueVectors = sizes.valueDim() / 16;
    }

    /** Whether code can be written for latents of this shape. */
    static boolean fits(AttentionShape shape) {
        return shape.kvHeads() == 1
                && shape.keyDim() % Bf16Kernel.LANES == 0 // numbers of a row are rounded at once
                && shape.valueDim() % (2 * LANES) == 0 // and read, of two rows
                && shape.scale() > 0;
    }

    /** The code for latents of such sizes. */
    static byte[] assemble(Sizes sizes) {
        LatentKernel kernel = new LatentKernel(sizes);
        kernel.write();
        return kernel.to.bytes();
    }

    private void write() {
        Gpr[] saved = {RBX, RBP, R12, R13, R14};
        for (Gpr register : saved) {
            to.push(register);
        }
        scores();
        weights();
        values();
        for (int i = saved.length - 1; i >= 0; i--) {
            to.pop(saved[i]);
        }
        to.vzeroupper();
        to.ret();
        data();
    }

    private void load(Gpr register, Field field) {
        to.mov(register, field.mem());
    }

    // ---- scores, 16 latents at once

    private static final Gpr[] PAIRS = {RAX, RBX, RCX, RDX, RSI, RBP, R8, R9};

    private void scores() {
        Gpr column = R10;
        Gpr query = R11;
        Gpr out = R12;
        Gpr pairs = R13;
        Gpr tiles = R14;
        load(out, Field.SCORES);
        load(pairs, Field.PAIRS);
        load(tiles, Field.TILES);
        Label tile = to.here();
        for (int i = 0; i < PAIRS.length; i++) {
            to.mov(PAIRS[i], Mem.at(pairs, 8 * i));
        }
        load(query, Field.QUERIES);
        to.xor(column, column);
        for (int key = 0; key < TILE; key++) {
            to.vpxord(zmm(key), zmm(key), zmm(key));
        }
        to.align(32);
        Label step = to.here();
        for (int u = 0; u < UNROLLED; u++) {
            Vec q = zmm(TILE + u);
            to.vmovups(q, Mem.at(query, LINE * u));
            for (int key = 0; key < TILE; key++) {
                int at = key % 2 * keyBytes + 4 * u;
                Mem number = Mem.at(PAIRS[key / 2], column, 1, at);
                to.vdpbf16ps(zmm(key), q, number.broadcast());
            }
        }
        to.add(query, LINE * UNROLLED);
        to.add(column, 4 * UNROLLED);
        to.cmp(column, keyBytes);
        to.jne(step);
        for (int key = 0; key < TILE; key++) {
            to.vmovups(Mem.at(out, LINE * key), zmm(key));
        }
        to.add(out, LINE * TILE);
        to.add(pairs, 8 * PAIRS.length);
        to.dec(tiles);
        to.jne(tile);
    }

    // ---- scores become weights, two latents at once

    private static final Vec X = zmm(0);
    private static final Vec LARGEST = zmm(4);
    private static final Vec OTHER = zmm(5);
    private static final Vec SUM = zmm(6);
    private static final Vec SUM_OF_ODD = zmm(7);
    private static final Vec FIRST = zmm(8); // weights of the first latent of a pair
    private static final Vec INDEX = zmm(9);
    private static final Vec VISIBLE = zmm(10);
    private static final Vec SCALE = zmm(11);
    private static final Vec ONE = zmm(12);
    private static final Vec HIDDEN = zmm(13);
    private static final Vec ORDER = zmm(14); // words of two halves, by turns

    private static final Gpr SCORE = R10;
    private static final Gpr LEFT = RCX;
    private static final Gpr STATE = RBX;

    private static final int HIDDEN_AT = 0;
    private static final int ONE_AT = 4;
    private static final int EXPONENTIAL_AT = 8;

    private Mem number(int at) {
        return Mem.of(numbers).plus(3 * LINE + at);
    }

    private void weights() {
        Gpr weight = R11;
        ExponentialCode exponential = new ExponentialCode(to, zmm(1), zmm(2), zmm(3), Mask.K2);
        exponential.constants(number(EXPONENTIAL_AT));
        to.vbroadcastss(HIDDEN, number(HIDDEN_AT));
        to.vpbroadcastd(ONE, number(ONE_AT));
        to.vmovups(ORDER, Mem.of(numbers));
        load(STATE, Field.STATE);
        load(RAX, Field.VISIBLE);
        to.vmovups(VISIBLE, Mem.at(RAX));
        to.vbroadcastss(SCALE, Field.SCALE.mem());

        startOfScores();
        to.vmovups(LARGEST, HIDDEN);
        to.vmovups(OTHER, HIDDEN);
        Label pair = to.here();
        seen();
        to.vmaxps(LARGEST.masked(Mask.K1), LARGEST, Mem.at(SCORE));
        seen();
        to.vmaxps(OTHER.masked(Mask.K1), OTHER, Mem.at(SCORE, LINE));
        to.add(SCORE, 2 * LINE);
        to.dec(LEFT);
        to.jne(pair);
        to.vmaxps(LARGEST, OTHER, LARGEST);
        to.vmulps(LARGEST, LARGEST, SCALE);
        to.vmovups(X, Mem.at(STATE));
        to.vmaxps(LARGEST, X, LARGEST);
        to.vmovups(Mem.at(STATE), LARGEST);
        to.vsubps(X, X, LARGEST);
        exponential.write(X);
        to.vmovups(Mem.at(STATE, CORRECTIONS_AT), X);
        to.vmulps(SUM, X, Mem.at(STATE, WEIGHTS_AT));
        to.vpxord(SUM_OF_ODD, SUM_OF_ODD, SUM_OF_ODD);

        startOfScores();
        load(weight, Field.WEIGHTS);
        pair = to.here();
        weight(exponential, Mem.at(SCORE));
        to.vmovups(FIRST, X);
        to.vaddps(SUM, SUM, X);
        weight(exponential, Mem.at(SCORE, LINE));
        to.vaddps(SUM_OF_ODD, SUM_OF_ODD, X);
        to.vcvtne2ps2bf16(X, X, FIRST);
        to.vpermw(X, ORDER, X);
        to.vmovups(Mem.at(weight), X);
        to.add(SCORE, 2 * LINE);
        to.add(weight, LINE);
        to.dec(LEFT);
        to.jne(pair);
        to.vaddps(SUM, SUM, SUM_OF_ODD);
        to.vmovups(Mem.at(STATE, WEIGHTS_AT), SUM);
    }

    private void startOfScores() {
        load(SCORE, Field.SCORES);
        load(LEFT, Field.COUNT);
        to.vpxord(INDEX, INDEX, INDEX);
    }

    /** The lanes that see the next latent, to the first mask. */
    private void seen() {
        to.vpcmpd(Mask.K1, INDEX, VISIBLE, LESS_THAN);
        to.vpaddd(INDEX, INDEX, ONE);
    }

    /** The weights of a latent, to {@link #X}; hidden ones are 0. */
    private void weight(ExponentialCode exponential, Mem scores) {
        seen();
        to.vmovups(X, HIDDEN);
        to.vmulps(X.masked(Mask.K1), SCALE, scores);
        to.vsubps(X, X, LARGEST);
        exponential.write(X);
    }

    // ---- sums of values, 16 numbers of all lanes at once

    private void values() {
        Gpr out = R8;
        Gpr column = R9;
        Gpr vectors = RSI;
        load(out, Field.SUMS);
        to.xor(column, column);
        to.mov(vectors, valueVectors / 2);
        to.vmovups(zmm(18), Mem.of(numbers).plus(LINE));
        to.vmovups(zmm(19), Mem.of(numbers).plus(2 * LINE));
        Label next = to.here();
        for (int half = 0; half < 2; half++) {
            for (int lane = 0; lane < LANES; lane++) {
                to.vbroadcastss(zmm(16), Mem.at(STATE, CORRECTIONS_AT + 4 * lane));
                to.vmulps(zmm(lane), zmm(16), Mem.at(out, LINE * lane));
            }
            sum(column, half);
            for (int lane = 0; lane < LANES; lane++) {
                to.vmovups(Mem.at(out, LINE * lane), zmm(lane));
            }
            to.add(out, LINE * LANES);
        }
        to.add(column, LINE);
        to.dec(vectors);
        to.jne(next);
    }

    /**
     * Numbers of one half of a line of latents, and one latent of the next step's pairs fetched.
     */
    private void sum(Gpr column, int half) {
        Gpr pairs = R11;
        Gpr weight = R10;
        Gpr pair = RDX;
        load(pairs, Field.PAIRS);
        load(weight, Field.WEIGHTS);
        load(LEFT, Field.COUNT);
        to.align(32);
        Label next = to.here();
        to.mov(pair, Mem.at(pairs));
        to.mov(RAX, Mem.at(pairs, 8 * KEYS / 2));
        to.vmovups(zmm(16), Mem.at(pair, column, 1, 0));
        to.vpermt2w(zmm(16), zmm(18 + half), Mem.at(pair, column, 1, keyBytes));
        to.prefetcht1(Mem.at(RAX, column, 1, half * keyBytes));
        to.prefetcht1(Mem.at(RAX, column, 1, half * keyBytes + keyBytes - 2 * 16 * valueVectors));
        for (int lane = 0; lane < LANES; lane++) {
            to.vdpbf16ps(zmm(lane), zmm(16), Mem.at(weight, 4 * lane).broadcast());
        }
        to.add(weight, LINE);
        to.add(pairs, 8);
        to.dec(LEFT);
        to.jne(next);
    }

    /** Orders of words, then single numbers. */
    private void data() {
        to.align(LINE);
        to.bind(numbers);
        order(0, LANES);
        order(0, 2 * LANES);
        order(LANES, 2 * LANES);
        to.dataFloats(Float.NEGATIVE_INFINITY);
        to.dataInts(1);
        new ExponentialCode(to, X, X, X, Mask.K2).data();
    }

    /** From word {@code first} on, each with the one {@code apart} further. */
    private void order(int first, int apart) {
        for (int i = first; i < first + LANES; i++) {
            to.data((byte) i, (byte) 0, (byte) (i + apart), (byte) 0);
        }
    }
}

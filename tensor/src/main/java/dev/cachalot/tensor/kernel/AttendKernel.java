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
import static dev.cachalot.tensor.assembly.Vec.zmm;

import dev.cachalot.tensor.assembly.Assembler;
import dev.cachalot.tensor.assembly.Gpr;
import dev.cachalot.tensor.assembly.Label;
import dev.cachalot.tensor.assembly.Mask;
import dev.cachalot.tensor.assembly.Mem;
import dev.cachalot.tensor.assembly.Vec;

/**
 * Writes the machine code of one step of softmax attention (Milakov and Gimelshein, arXiv
 * 1805.02867: the running largest score and sum): up to eight queries ("lanes") see up to {@value
 * #BLOCK} keys and values in F32. Called with the address of the words of {@link Field}.
 *
 * <p>A lane's bits depend on its query and the keys it sees: a score is 16 chains of fused
 * multiply-adds and a fixed tree over them, a value's sum goes over keys ascending, and a hidden
 * key adds zero.
 */
final class AttendKernel {
    static final int LANES = 8;
    static final int BLOCK = 64;

    /** Words of 8 bytes that a call reads. */
    enum Field {
        /** Queries: [keyDim / 16][lanes][16]. */
        QUERIES(0),
        KEYS(1),
        /** Bytes from key to key. */
        KEY_STRIDE(2),
        VALUES(3),
        VALUE_STRIDE(4),
        /** Keys of this step. */
        COUNT(5),
        /** keyDim / 16. */
        KEY_VECTORS(6),
        /** valueDim / 32. */
        VALUE_PAIRS(7),
        /** Sums of values so far: [valueDim / 16][lanes][16]. */
        OUT(8),
        /** Room for scores: [64][8]. */
        SCORES(9),
        /** {@link #STATE_BYTES} bytes: largest scores, sums, last corrections. */
        STATE(10),
        /** Keys of this step that each lane sees, as floats: [2][8], twice the same. */
        VISIBLE(11),
        /** The factor on scores, a float in the lower half. */
        SCALE(12);

        static final int BYTES = 8 * 13;

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

    /** Lanes lie twice, side by side. */
    static final int SUMS_AT = 64;

    private static final int CORRECTIONS_AT = 128;
    static final int STATE_BYTES = 192;

    private static final Vec HIDDEN = zmm(31); // minus infinity
    private static final Vec INDEX = zmm(30);
    private static final Vec TWO = zmm(29);
    private static final Vec VISIBLE = zmm(28);
    private static final Vec SCALE = zmm(27);
    private static final Vec LARGEST = zmm(26);
    private static final Vec SUM = zmm(25);
    private static final int LESS_THAN = 1; // predicates of vcmpps
    private static final int NOT_LESS_OR_EQUAL = 6;

    private final Assembler to = new Assembler();
    private final int lanes;
    private final Label constants = new Label();
    private int constantCount;
    private final float[] constantValues = new float[64];

    private AttendKernel(int lanes) {
        this.lanes = lanes;
    }

    /** The code for so many lanes. */
    static byte[] assemble(int lanes) {
        AttendKernel kernel = new AttendKernel(lanes);
        kernel.write();
        return kernel.to.bytes();
    }

    /**
     * Code that copies vectors: (from, to, vectors, bytes between those read, bytes between those
     * written, address of a float that they are multiplied by).
     *
     * @param adds whether to what is there, with one rounding
     */
    static byte[] assembleMove(boolean adds) {
        Assembler to = new Assembler();
        Vec factor = zmm(1);
        to.vbroadcastss(factor, Mem.at(R9));
        Label next = to.here();
        if (adds) {
            to.vmovups(zmm(0), Mem.at(RSI));
            to.vfmadd231ps(zmm(0), factor, Mem.at(RDI));
        } else {
            to.vmulps(zmm(0), factor, Mem.at(RDI));
        }
        to.vmovups(Mem.at(RSI), zmm(0));
        to.add(RDI, RCX);
        to.add(RSI, R8);
        to.dec(RDX);
        to.jne(next);
        to.vzeroupper();
        to.ret();
        return to.bytes();
    }

    private void write() {
        to.push(RBX);
        scores();
        weights();
        values();
        to.pop(RBX);
        to.vzeroupper();
        to.ret();
        to.align(64);
        to.bind(constants);
        for (int i = 0; i < constantCount; i++) {
            to.dataFloats(constantValues[i]);
        }
    }

    private void load(Gpr register, Field field) {
        to.mov(register, field.mem());
    }

    // ---- scores of two keys at once

    private static Vec score(int key, int lane) {
        return zmm(key * LANES + lane);
    }

    private void scores() {
        Gpr key = R8;
        Gpr stride = R9;
        Gpr out = R10;
        Gpr left = RCX;
        Gpr first = RDX;
        Gpr second = RSI;
        Gpr query = RAX;
        Gpr vectors = R11;
        load(key, Field.KEYS);
        load(stride, Field.KEY_STRIDE);
        load(out, Field.SCORES);
        load(left, Field.COUNT);
        to.vmovups(zmm(24), constants(order()));
        Label pair = to.here();
        to.mov(first, key);
        to.mov(second, key);
        Label single = new Label();
        to.cmp(left, 1);
        to.je(single);
        to.add(second, stride);
        to.bind(single);
        load(query, Field.QUERIES);
        load(vectors, Field.KEY_VECTORS);
        for (int n = 0; n < 2 * LANES; n++) {
            to.vpxord(zmm(n), zmm(n), zmm(n));
        }
        Label column = to.here();
        to.vmovups(zmm(16), Mem.at(first));
        to.vmovups(zmm(17), Mem.at(second));
        for (int lane = 0; lane < lanes; lane++) {
            Vec q = zmm(18 + lane % 2);
            to.vmovups(q, Mem.at(query, 64 * lane));
            to.vfmadd231ps(score(0, lane), q, zmm(16));
            to.vfmadd231ps(score(1, lane), q, zmm(17));
        }
        to.add(first, 64);
        to.add(second, 64);
        to.add(query, 64 * lanes);
        to.dec(vectors);
        to.jne(column);
        sumAcross();
        to.vmovups(Mem.at(out), zmm(0));
        to.add(out, 64);
        to.add(key, stride);
        to.add(key, stride);
        to.sub(left, 2);
        to.jg(pair);
    }

    /** The sums of sixteen vectors, in the order of the vectors, to the first. */
    private void sumAcross() {
        Vec low = zmm(20);
        Vec high = zmm(21);
        for (int i = 0; i < 8; i++) {
            to.vshuff64x2(low, zmm(i), zmm(i + 8), 0x44);
            to.vshuff64x2(high, zmm(i), zmm(i + 8), 0xee);
            to.vaddps(zmm(i), low, high);
        }
        for (int i = 0; i < 4; i++) {
            to.vshuff64x2(low, zmm(i), zmm(i + 4), 0x88);
            to.vshuff64x2(high, zmm(i), zmm(i + 4), 0xdd);
            to.vaddps(zmm(i), low, high);
        }
        for (int i = 0; i < 2; i++) {
            to.vpunpcklqdq(low, zmm(i), zmm(i + 2));
            to.vpunpckhqdq(high, zmm(i), zmm(i + 2));
            to.vaddps(zmm(i), low, high);
        }
        to.vshufps(low, zmm(0), zmm(1), 0x88);
        to.vshufps(high, zmm(0), zmm(1), 0xdd);
        to.vaddps(zmm(0), low, high);
        to.vpermps(zmm(0), zmm(24), zmm(0));
    }

    /** Where {@link #sumAcross} leaves the sum of each vector, as the bits of floats. */
    private static float[] order() {
        int[] places = {0, 2, 1, 3, 8, 10, 9, 11, 4, 6, 5, 7, 12, 14, 13, 15};
        float[] bits = new float[places.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.intBitsToFloat(places[i]);
        }
        return bits;
    }

    // ---- scores become weights: two keys of eight lanes in a vector

    private void weights() {
        Gpr score = R10;
        Gpr left = RCX;
        Gpr state = RBX;
        Vec x = zmm(0);
        load(state, Field.STATE);
        load(R8, Field.VISIBLE);
        to.vmovups(VISIBLE, Mem.at(R8));
        to.vbroadcastss(SCALE, Field.SCALE.mem());
        to.vbroadcastss(HIDDEN, constant(Float.NEGATIVE_INFINITY));
        to.vbroadcastss(TWO, constant(2));
        to.vmovups(INDEX, constants(indices()));
        to.vmovups(LARGEST, HIDDEN);
        startOfScores(score, left);
        Label next = to.here();
        to.vcmpps(Mask.K1, INDEX, VISIBLE, LESS_THAN);
        to.vmovups(x, HIDDEN);
        to.vmulps(x.masked(Mask.K1), SCALE, Mem.at(score));
        to.vmovups(Mem.at(score), x);
        to.vmaxps(LARGEST, LARGEST, x);
        to.vaddps(INDEX, INDEX, TWO);
        to.add(score, 64);
        to.sub(left, 2);
        to.jg(next);
        to.vshuff64x2(x, LARGEST, LARGEST, 0x4e);
        to.vmaxps(LARGEST, LARGEST, x);
        to.vmovups(x, Mem.at(state));
        to.vmaxps(LARGEST, LARGEST, x);
        to.vmovups(Mem.at(state), LARGEST);
        to.vsubps(x, x, LARGEST);
        exponential();
        to.vmovups(Mem.at(state, CORRECTIONS_AT), x);
        to.vpxord(SUM, SUM, SUM);
        startOfScores(score, left);
        next = to.here();
        to.vmovups(x, Mem.at(score));
        to.vsubps(x, x, LARGEST);
        exponential();
        to.vmovups(Mem.at(score), x);
        to.vaddps(SUM, SUM, x);
        to.add(score, 64);
        to.sub(left, 2);
        to.jg(next);
        to.vshuff64x2(x, SUM, SUM, 0x4e);
        to.vaddps(SUM, SUM, x);
        to.vmovups(x, Mem.at(state, CORRECTIONS_AT));
        to.vfmadd231ps(SUM, x, Mem.at(state, SUMS_AT));
        to.vmovups(Mem.at(state, SUMS_AT), SUM);
    }

    private void startOfScores(Gpr score, Gpr left) {
        load(score, Field.SCORES);
        load(left, Field.COUNT);
    }

    /** 0 for the first key's lanes, 1 for the second's. */
    private static float[] indices() {
        float[] all = new float[2 * LANES];
        java.util.Arrays.fill(all, LANES, 2 * LANES, 1);
        return all;
    }

    /** e to the first register: the polynomial of {@link Lanes#exp}; 0 below -87. */
    private void exponential() {
        Vec x = zmm(0);
        Vec n = zmm(1);
        Vec p = zmm(2);
        Vec square = zmm(3);
        to.vbroadcastss(n, constant(-104));
        to.vmaxps(x, n, x); // a NaN stays
        to.vbroadcastss(n, constant(-87));
        to.vcmpps(Mask.K2, x, n, NOT_LESS_OR_EQUAL);
        to.vmulps(n, x, constant(Lanes.LOG2_E).broadcast());
        to.vrndscaleps(n, n, 0);
        to.vfnmadd231ps(x, n, constant(Lanes.LN2_HIGH).broadcast());
        to.vfnmadd231ps(x, n, constant(Lanes.LN2_LOW).broadcast());
        to.vbroadcastss(p, constant(1.9875691e-4f));
        for (float next :
                new float[] {1.3981999e-3f, 8.333452e-3f, 4.1665796e-2f, 1.6666666e-1f, 0.5f}) {
            to.vfmadd213ps(p, x, constant(next).broadcast());
        }
        to.vmulps(square, x, x);
        to.vfmadd213ps(p, square, x);
        to.vaddps(p, p, constant(1).broadcast());
        to.vscalefps(p, p, n);
        to.vmovups(x.zeroed(Mask.K2), p);
    }

    // ---- sums of values, two vectors of each lane at once

    private static Vec sum(int lane, int half) {
        return zmm(2 * lane + half);
    }

    private void values() {
        Gpr out = R8;
        Gpr stride = R9;
        Gpr weight = R10;
        Gpr pairs = R11;
        Gpr left = RCX;
        Gpr value = RDX;
        Gpr row = RSI;
        load(out, Field.OUT);
        load(stride, Field.VALUE_STRIDE);
        load(pairs, Field.VALUE_PAIRS);
        load(value, Field.VALUES);
        Label pair = to.here();
        for (int lane = 0; lane < lanes; lane++) {
            to.vbroadcastss(zmm(18), Mem.at(RBX, CORRECTIONS_AT + 4 * lane));
            to.vmulps(sum(lane, 0), zmm(18), Mem.at(out, 64 * lane));
            to.vmulps(sum(lane, 1), zmm(18), Mem.at(out, 64 * (lanes + lane)));
        }
        startOfScores(weight, left);
        to.mov(row, value);
        Label next = to.here();
        to.vmovups(zmm(16), Mem.at(row));
        to.vmovups(zmm(17), Mem.at(row, 64));
        for (int lane = 0; lane < lanes; lane++) {
            Vec p = zmm(18 + lane % 2);
            to.vbroadcastss(p, Mem.at(weight, 4 * lane));
            to.vfmadd231ps(sum(lane, 0), p, zmm(16));
            to.vfmadd231ps(sum(lane, 1), p, zmm(17));
        }
        to.add(row, stride);
        to.add(weight, 4 * LANES);
        to.dec(left);
        to.jne(next);
        for (int lane = 0; lane < lanes; lane++) {
            to.vmovups(Mem.at(out, 64 * lane), sum(lane, 0));
            to.vmovups(Mem.at(out, 64 * (lanes + lane)), sum(lane, 1));
        }
        to.add(out, 128 * lanes);
        to.add(value, 128);
        to.dec(pairs);
        to.jne(pair);
    }

    // ---- constants behind the code

    private Mem constant(float value) {
        for (int i = 0; i < constantCount; i++) {
            if (Float.floatToRawIntBits(constantValues[i]) == Float.floatToRawIntBits(value)) {
                return Mem.of(constants).plus(4 * i);
            }
        }
        return constants(value);
    }

    private Mem constants(float... values) {
        Mem place = Mem.of(constants).plus(4 * constantCount);
        for (float value : values) {
            constantValues[constantCount++] = value;
        }
        return place;
    }
}

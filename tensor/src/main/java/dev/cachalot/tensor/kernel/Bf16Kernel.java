package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.assembly.Gpr.R10;
import static dev.cachalot.tensor.assembly.Gpr.R11;
import static dev.cachalot.tensor.assembly.Gpr.R13;
import static dev.cachalot.tensor.assembly.Gpr.R14;
import static dev.cachalot.tensor.assembly.Gpr.R15;
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

import dev.cachalot.tensor.assembly.Assembler;
import dev.cachalot.tensor.assembly.Gpr;
import dev.cachalot.tensor.assembly.Label;
import dev.cachalot.tensor.assembly.Mem;
import dev.cachalot.tensor.assembly.Vec;

/**
 * Writes the machine code of BF16 products of attention (AVX-512 BF16): tiles of six rows by up to
 * four panels of 16 columns, {@code c = a b} or {@code c = factor[row] c + a b}. Numbers of a row
 * of {@code a} lie side by side; a panel of {@code b} holds, for each pair of them, 16 columns of
 * two. Called with the address of the words of {@link Field}.
 *
 * <p>A column's sum is one chain of {@code vdpbf16ps}, pairs ascending: its bits depend on its row
 * and its column only. The instruction takes and gives denormals as zero.
 */
final class Bf16Kernel {
    /** Rows of a tile. */
    static final int ROWS = 6;

    /** Columns of a panel. */
    static final int LANES = 16;

    /** Most panels of a call. */
    static final int PANELS = 4;

    /** The number of pairs must be a multiple. */
    static final int UNROLLED = 4;

    /** Words of 8 bytes that a call reads. */
    enum Field {
        A(0),
        /** Bytes from row to row of a. */
        A_STRIDE(1),
        /** Tiles of {@link #ROWS} rows, one at least. */
        TILES(2),
        B(3),
        /** Bytes from panel to panel. */
        PANEL_STRIDE(4),
        PAIRS(5),
        C(6),
        C_STRIDE(7),
        /** A float for each row; read only by code that continues. */
        FACTORS(8);

        static final int BYTES = 8 * 9;

        private final int word;

        Field(int word) {
            this.word = word;
        }

        long at() {
            return 8L * word;
        }
    }

    private static final Gpr A = RAX;
    private static final Gpr LOWER_A = RBX; // row 3
    private static final Gpr A_STRIDE = R8;
    private static final Gpr B = R10;
    private static final Gpr PANEL = R11;
    private static final Gpr THREE_PANELS = R13;
    private static final Gpr C = RDX;
    private static final Gpr LOWER_C = RSI;
    private static final Gpr C_STRIDE = R14;
    private static final Gpr LEFT = RCX; // steps of a tile
    private static final Gpr TILES = R15;
    private static final Gpr FACTORS = RBP;
    private static final Gpr FIRST_A = R9;

    private final Assembler to = new Assembler();
    private final int panels;
    private final boolean continues;

    private Bf16Kernel(int panels, boolean continues) {
        this.panels = panels;
        this.continues = continues;
    }

    /** The code for so many panels. */
    static byte[] assemble(int panels, boolean continues) {
        Bf16Kernel kernel = new Bf16Kernel(panels, continues);
        kernel.write();
        return kernel.to.bytes();
    }

    private void write() {
        Gpr[] saved = {RBX, RBP, R13, R14, R15};
        for (Gpr register : saved) {
            to.push(register);
        }
        load(FIRST_A, Field.A);
        load(A_STRIDE, Field.A_STRIDE);
        load(TILES, Field.TILES);
        load(PANEL, Field.PANEL_STRIDE);
        load(C, Field.C);
        load(C_STRIDE, Field.C_STRIDE);
        load(FACTORS, Field.FACTORS);
        to.lea(THREE_PANELS, Mem.at(PANEL, PANEL, 2));
        Label tile = to.here();
        to.mov(A, FIRST_A);
        to.lea(LOWER_A, Mem.at(A_STRIDE, A_STRIDE, 2));
        to.lea(FIRST_A, Mem.at(A, LOWER_A, 2));
        to.add(LOWER_A, A);
        to.lea(LOWER_C, Mem.at(C_STRIDE, C_STRIDE, 2));
        to.add(LOWER_C, C);
        load(B, Field.B);
        load(LEFT, Field.PAIRS);
        to.shr(LEFT, 2);
        start();
        Label step = new Label();
        to.align(32);
        to.bind(step);
        for (int u = 0; u < UNROLLED; u++) {
            pair(u);
        }
        to.add(A, 4 * UNROLLED);
        to.add(LOWER_A, 4 * UNROLLED);
        to.add(B, 64 * UNROLLED);
        to.dec(LEFT);
        to.jne(step);
        for (int t = 0; t < ROWS; t++) {
            for (int p = 0; p < panels; p++) {
                to.vmovups(c(t, p), sum(t, p));
            }
        }
        to.lea(C, Mem.at(LOWER_C, C_STRIDE, 2));
        to.add(C, C_STRIDE);
        to.add(FACTORS, 4 * ROWS);
        to.dec(TILES);
        to.jne(tile);
        for (int i = saved.length - 1; i >= 0; i--) {
            to.pop(saved[i]);
        }
        to.vzeroupper();
        to.ret();
    }

    private void load(Gpr register, Field field) {
        to.mov(register, Mem.at(RDI, (int) field.at()));
    }

    private void start() {
        for (int t = 0; t < ROWS; t++) {
            if (continues) {
                to.vbroadcastss(input(t), Mem.at(FACTORS, 4 * t));
            }
            for (int p = 0; p < panels; p++) {
                Vec sum = sum(t, p);
                if (continues) {
                    to.vmulps(sum, input(t), c(t, p));
                } else {
                    to.vpxord(sum, sum, sum);
                }
            }
        }
    }

    private void pair(int u) {
        for (int p = 0; p < panels; p++) {
            to.vmovups(column(p), b(p, 64 * u));
        }
        for (int t = 0; t < ROWS; t++) {
            to.vpbroadcastd(input(t), a(t, 4 * u));
            for (int p = 0; p < panels; p++) {
                to.vdpbf16ps(sum(t, p), column(p), input(t));
            }
        }
    }

    private static Vec sum(int row, int panel) {
        return zmm(panel * ROWS + row);
    }

    private static Vec column(int panel) {
        return zmm(PANELS * ROWS + panel);
    }

    private static Vec input(int row) {
        return zmm(PANELS * ROWS + PANELS + row % 4);
    }

    private static Mem a(int row, int displacement) {
        return row(row < 3 ? A : LOWER_A, A_STRIDE, row % 3, displacement);
    }

    private static Mem c(int row, int panel) {
        return row(row < 3 ? C : LOWER_C, C_STRIDE, row % 3, 64 * panel);
    }

    private static Mem row(Gpr base, Gpr stride, int row, int displacement) {
        return row == 0 ? Mem.at(base, displacement) : Mem.at(base, stride, row, displacement);
    }

    private static Mem b(int panel, int displacement) {
        return switch (panel) {
            case 0 -> Mem.at(B, displacement);
            case 1 -> Mem.at(B, PANEL, 1, displacement);
            case 2 -> Mem.at(B, PANEL, 2, displacement);
            default -> Mem.at(B, THREE_PANELS, 1, displacement);
        };
    }
}

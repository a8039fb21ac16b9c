package dev.cachalot.tensor.assembly;

import static dev.cachalot.tensor.assembly.Gpr.R10;
import static dev.cachalot.tensor.assembly.Gpr.R11;
import static dev.cachalot.tensor.assembly.Gpr.R12;
import static dev.cachalot.tensor.assembly.Gpr.R13;
import static dev.cachalot.tensor.assembly.Gpr.R9;
import static dev.cachalot.tensor.assembly.Gpr.RAX;
import static dev.cachalot.tensor.assembly.Gpr.RBP;
import static dev.cachalot.tensor.assembly.Gpr.RCX;
import static dev.cachalot.tensor.assembly.Gpr.RDI;
import static dev.cachalot.tensor.assembly.Gpr.RDX;
import static dev.cachalot.tensor.assembly.Gpr.RSI;
import static dev.cachalot.tensor.assembly.Gpr.RSP;
import static dev.cachalot.tensor.assembly.Mask.K0;
import static dev.cachalot.tensor.assembly.Mask.K1;
import static dev.cachalot.tensor.assembly.Mask.K2;
import static dev.cachalot.tensor.assembly.Mask.K3;
import static dev.cachalot.tensor.assembly.Mask.K7;
import static dev.cachalot.tensor.assembly.Vec.xmm;
import static dev.cachalot.tensor.assembly.Vec.ymm;
import static dev.cachalot.tensor.assembly.Vec.zmm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What must hold without GNU as at hand; the expected bytes are its answers. */
class AssemblerTest {
    @Test
    void instructionsAreEncodedAsTheManualSays() {
        is("C5EDFECB", code -> code.vpaddd(ymm(1), ymm(2), ymm(3)));
        is("62F17D48EFC0", code -> code.vpxord(zmm(0), zmm(0), zmm(0)));
        is("62F26D58505E01", code -> code.vpdpbusd(zmm(3), zmm(2), Mem.at(RSI, 4).broadcast()));
        is("62E27528506701", code -> code.vpdpbusd(ymm(20), ymm(1), Mem.at(RDI, 32)));
        is("62617E486F7801", code -> code.vmovdqu32(zmm(31), Mem.at(RAX, 64)));
        is("62617E486FB841000000", code -> code.vmovdqu32(zmm(31), Mem.at(RAX, 65)));
        is("62D17FC96F4D00", code -> code.vmovdqu8(zmm(1).zeroed(K1), Mem.at(R13)));
        is("62717C4F114C8FFE", code -> code.vmovups(Mem.at(RDI, RCX, 4, -128).masked(K7), zmm(9)));
        is("62F27D48136A01", code -> code.vcvtph2ps(zmm(5), Mem.at(RDX, 32)));
        is(
                "62527D50B844247F",
                code -> code.vfmadd231ps(zmm(8), zmm(16), Mem.at(R12, 508).broadcast()));
        is("C4624DB8442408", code -> code.vfmadd231ps(ymm(8), ymm(6), Mem.at(RSP, 8)));
        is("62F27D48215501", code -> code.vpmovsxbd(zmm(2), Mem.at(RBP, 16)));
        is("62F27E48317001", code -> code.vpmovdb(Mem.at(RAX, 16), zmm(6)));
        is("62E3FD481BC901", code -> code.vextractf64x4(ymm(1), zmm(17), 1));
        is("62D27D485A6101", code -> code.vbroadcasti32x4(zmm(4), Mem.at(R9, 16)));
        is("62F1754871D204", code -> code.vpsrlw(zmm(1), zmm(2), 4));
        is("62F36D4825CBCA", code -> code.vpternlogd(zmm(1), zmm(2), zmm(3), 0xCA));
        is("62F15C4BC2D50E", code -> code.vcmpps(K2, K3, zmm(4), zmm(5), 14));
        is("C5FA104804", code -> code.vmovss(xmm(1), Mem.at(RAX, 4)));
        is("62F26E4852CB", code -> code.vdpbf16ps(zmm(1), zmm(2), zmm(3)));
        is("C5F892C9", code -> code.kmovw(K1, RCX));
        is("C4E1FB93C2", code -> code.kmovq(RAX, K2));
        is("C4C1F96ED9", code -> code.vmovq(xmm(3), R9));
        is("488B442408", code -> code.mov(RAX, Mem.at(RSP, 8)));
        is("49B98877665544332211", code -> code.mov(R9, 0x1122334455667788L));
        is("4883C740", code -> code.add(RDI, 64));
        is("4881EC00100000", code -> code.sub(RSP, 4096));
        is("4E8D54D801", code -> code.lea(R10, Mem.at(RAX, R11, 8, 1)));
        is("0F188E00020000", code -> code.prefetcht0(Mem.at(RSI, 512)));
        is("4154", code -> code.push(R12));
        is("C3", code -> code.ret());
    }

    @Test
    void aProductOfBytesForAvx2IsTheOneOfAvxVnni() {
        Assembler code = new Assembler(InstructionSet.AVX2);
        code.vpdpbusd(ymm(4), ymm(1), Mem.at(RDI, 32));
        assertThat(hex(code)).isEqualTo("C4E275506720");
    }

    @Test
    void aJumpBackIsShortWhereItsDistanceFits() {
        Assembler code = new Assembler();
        Label start = code.here();
        code.data(new byte[126]);
        code.jnz(start);
        code.jnz(start);
        assertThat(hex(code).substring(252)).isEqualTo("75800F857AFFFFFF");
    }

    @Test
    void aJumpAheadIsLongUnlessAskedToBeShort() {
        Assembler code = new Assembler();
        Label end = new Label();
        code.jmp(end);
        code.jmpShort(end);
        code.jae(end);
        code.jumpShort(Condition.AE, end);
        code.bind(end);
        assertThat(hex(code)).isEqualTo("E90A000000EB080F83020000007300");
    }

    @Test
    void constantsAreReadFromWhereTheyLie() {
        Assembler code = new Assembler();
        Label constants = new Label();
        code.vpternlogd(zmm(1), zmm(2), Mem.of(constants).plus(64), 7);
        code.ret();
        code.bind(constants);
        assertThat(hex(code)).isEqualTo("62F36D48250D4100000007C3");
    }

    @Test
    void aLabelThatIsUnboundOrFarOrOfOtherCodeIsToldOf() {
        Assembler unbound = new Assembler();
        unbound.jmp(new Label());
        assertThatThrownBy(unbound::bytes).hasMessageContaining("byte 1 needs a label");

        Assembler far = new Assembler();
        Label end = new Label();
        far.jmpShort(end);
        far.data(new byte[128]);
        far.bind(end);
        assertThatThrownBy(far::bytes).hasMessageContaining("128 bytes to go");
        assertThatThrownBy(() -> far.bind(end)).hasMessageContaining("bound at byte 130 already");

        Assembler other = new Assembler();
        other.jmp(end);
        assertThatThrownBy(other::bytes).hasMessageContaining("never bound in it");
    }

    @Test
    void aligningFillsUpToTheBoundary() {
        for (int size = 0; size < 70; size++) {
            Assembler code = new Assembler();
            code.data(new byte[size]);
            code.align(64);
            assertThat(code.bytes()).hasSize((size + 63) / 64 * 64);
        }
    }

    @Test
    void operandsThatAnInstructionDoesNotTakeAreRefused() {
        refused("the other operands ask for 512", code -> code.vpaddd(zmm(1), zmm(2), ymm(3)));
        refused("has no form of 128 bits", code -> code.vpermd(xmm(1), xmm(2), xmm(3)));
        refused("cannot broadcast", code -> code.vpermb(zmm(1), zmm(2), at().broadcast()));
        refused("only destinations", code -> code.vpaddd(zmm(1), zmm(2).masked(K1), zmm(3)));
        refused("only destinations", code -> code.vmovntps(at().masked(K1), zmm(3)));
        refused("no AVX-512 form", code -> code.vpsignb(ymm(1), ymm(2), ymm(16)));
        refused("k0 cannot be a write mask", code -> code.vmovups(zmm(1).masked(K0), at()));
        refused("expected 0 to 255", code -> code.vpshufd(zmm(1), zmm(2), 256));
        refused("rsp cannot be an index", code -> code.lea(RAX, Mem.at(RAX, RSP, 2)));
        refused("only vector instructions", code -> code.mov(RAX, at().broadcast()));
        refused("load it into a register", code -> code.vcvtneps2bf16(xmm(1), at()));
        refused("expected 0 to 31", code -> code.vaddps(zmm(32), zmm(1), zmm(1)));
    }

    @Test
    void codeForAvx2HoldsNoInstructionOfAvx512() {
        Assembler code = new Assembler(InstructionSet.AVX2);
        assertThatThrownBy(() -> code.vaddps(ymm(1), ymm(2), ymm(16)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs AVX-512");
        assertThatThrownBy(() -> code.vaddps(zmm(1), zmm(2), zmm(3)))
                .hasMessageContaining("needs AVX-512");
        assertThatThrownBy(() -> code.kmovw(K1, RAX)).hasMessageContaining("need AVX-512");
        assertThat(code.bytes()).isEmpty();
    }

    private static Mem at() {
        return Mem.at(RAX);
    }

    private static void is(String bytes, Consumer<Assembler> instruction) {
        Assembler code = new Assembler();
        instruction.accept(code);
        assertThat(hex(code)).isEqualTo(bytes);
    }

    private static void refused(String why, Consumer<Assembler> instruction) {
        assertThatThrownBy(() -> instruction.accept(new Assembler()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    private static String hex(Assembler code) {
        return HexFormat.of().withUpperCase().formatHex(code.bytes());
    }
}

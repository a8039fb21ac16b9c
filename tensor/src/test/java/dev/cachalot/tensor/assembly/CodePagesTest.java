package dev.cachalot.tensor.assembly;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Routines that are assembled, run, and compared with Java. */
class CodePagesTest {
    @BeforeEach
    void runsHere() {
        assumeTrue(CodePages.isSupported(), () -> CodePages.unsupported().orElse(""));
    }

    @Test
    void aLoopSumsTheNumbersOfAnArray() throws Throwable {
        Assembler code = new Assembler(InstructionSet.AVX2);
        code.xor32(Gpr.RAX, Gpr.RAX);
        Label end = new Label();
        code.test(Gpr.RSI, Gpr.RSI);
        code.jz(end);
        code.align(32);
        Label loop = code.here();
        code.add(Gpr.RAX, Mem.at(Gpr.RDI, Gpr.RSI, 8, -8));
        code.dec(Gpr.RSI);
        code.jnz(loop);
        code.bind(end);
        code.ret();
        try (CodePages pages = CodePages.load(List.of(code.bytes()));
                Arena arena = Arena.ofConfined()) {
            MethodHandle sum =
                    pages.handle(0, FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG));
            MemorySegment numbers = arena.allocateFrom(JAVA_LONG, 3, -50, 1L << 40, 7);
            assertThat((long) sum.invokeExact(numbers, 4L)).isEqualTo((1L << 40) - 40);
            assertThat((long) sum.invokeExact(numbers, 2L)).isEqualTo(-47);
            assertThat((long) sum.invokeExact(numbers, 0L)).isZero();
        }
    }

    @Test
    void aMaskedStoreLeavesTheOtherLanesAlone() throws Throwable {
        assumeTrue(CpuFeatures.detect().runsAvx512Vnni(), "this CPU has no AVX-512 VNNI");
        Assembler code = new Assembler();
        code.kmovw(Mask.K3, Gpr.RSI);
        code.vpbroadcastd(Vec.zmm(17), Gpr.RDX);
        code.vmovdqu32(Mem.at(Gpr.RDI, 64).masked(Mask.K3), Vec.zmm(17));
        code.vzeroupper();
        code.ret();
        try (CodePages pages = CodePages.load(List.of(code.bytes()));
                Arena arena = Arena.ofConfined()) {
            MethodHandle store =
                    pages.handle(0, FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT, JAVA_INT));
            MemorySegment out = arena.allocate(JAVA_INT, 48);
            store.invokeExact(out, 0b1000_0000_0000_0101, 77);
            for (int i = 0; i < 48; i++) {
                int expected = i == 16 || i == 18 || i == 31 ? 77 : 0;
                assertThat(out.getAtIndex(JAVA_INT, i)).as("lane %d", i).isEqualTo(expected);
            }
        }
    }

    @Test
    void productsOfBytesAreSummedByFours() throws Throwable {
        assumeTrue(CpuFeatures.detect().runsAvx512Vnni(), "this CPU has no AVX-512 VNNI");
        Assembler code = new Assembler();
        Label start = new Label();
        code.vmovdqu32(Vec.zmm(20), Mem.of(start));
        code.vmovdqu8(Vec.zmm(1), Mem.at(Gpr.RDI));
        code.vpdpbusd(Vec.zmm(20), Vec.zmm(1), Mem.at(Gpr.RSI, 8).broadcast());
        code.vmovdqu32(Mem.at(Gpr.RDX), Vec.zmm(20));
        code.vzeroupper();
        code.ret();
        code.align(64);
        code.bind(start);
        for (int i = 0; i < 16; i++) {
            code.dataInts(1000 * i);
        }
        SplittableRandom random = new SplittableRandom(1);
        byte[] unsigned = bytes(64, random);
        byte[] signed = bytes(16, random);
        try (CodePages pages = CodePages.load(List.of(new byte[] {1}, code.bytes()));
                Arena arena = Arena.ofConfined()) {
            MethodHandle products =
                    pages.handle(1, FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS));
            MemorySegment out = arena.allocate(JAVA_INT, 16);
            products.invokeExact(
                    arena.allocateFrom(JAVA_BYTE, unsigned),
                    arena.allocateFrom(JAVA_BYTE, signed),
                    out);
            for (int lane = 0; lane < 16; lane++) {
                int sum = 1000 * lane;
                for (int i = 0; i < 4; i++) {
                    sum += (unsigned[4 * lane + i] & 0xFF) * signed[8 + i];
                }
                assertThat(out.getAtIndex(JAVA_INT, lane)).as("lane %d", lane).isEqualTo(sum);
            }
        }
    }

    private static byte[] bytes(int count, SplittableRandom random) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void everyRoutineBeginsAtALineOfTheCache() {
        byte[] ret = {(byte) 0xC3};
        try (CodePages pages = CodePages.load(List.of(ret, new byte[65], ret))) {
            for (int i = 0; i < 3; i++) {
                assertThat(pages.routine(i).address() % 64).isZero();
            }
            assertThat(pages.routine(2).address() - pages.routine(1).address()).isEqualTo(128);
            assertThat(pages.routine(2).get(JAVA_BYTE, 0)).isEqualTo((byte) 0xC3);
        }
    }

    @Test
    void thePagesCanBeRunAndReadButNotWritten() throws Exception {
        try (CodePages pages = CodePages.load(List.of(new byte[] {(byte) 0xC3}))) {
            String start = "%x-".formatted(pages.routine(0).address());
            assertThat(Files.readAllLines(Path.of("/proc/self/maps")))
                    .filteredOn(line -> line.startsWith(start))
                    .singleElement()
                    .asString()
                    .contains(" r-xp ");
        }
    }
}

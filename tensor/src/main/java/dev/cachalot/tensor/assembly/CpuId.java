package dev.cachalot.tensor.assembly;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Asks the CPU with CPUID and XGETBV; leaves and bits as in Intel's manual, volume 2, CPUID. */
final class CpuId implements AutoCloseable {
    private static final int EAX = 0;
    private static final int EBX = 1;
    private static final int ECX = 2;
    private static final int EDX = 3;

    private final CodePages pages = CodePages.load(List.of(cpuidRoutine(), xgetbvRoutine()));

    CpuFeatures features() {
        int last = leaf(0, 0)[EAX];
        int[] basic = leaf(1, 0);
        int[] none = new int[4];
        int[] extended = last >= 7 ? leaf(7, 0) : none;
        int[] further = last >= 7 && extended[EAX] >= 1 ? leaf(7, 1) : none;
        boolean osSaves = bit(basic[ECX], 27); // OSXSAVE: only then XGETBV may be run
        long saved = osSaves ? enabled() : 0;
        boolean ymm = (saved & 0x06) == 0x06; // SSE and AVX state
        boolean zmm = (saved & 0xE6) == 0xE6; // also masks, upper halves, registers above 15
        boolean avx = ymm && bit(basic[ECX], 28);
        int b = extended[EBX];
        boolean avx512 = zmm && avx && bit(b, 16);
        return new CpuFeatures(
                brand(),
                family(basic[EAX]),
                avx && bit(b, 5),
                avx && bit(basic[ECX], 12),
                avx && bit(basic[ECX], 29),
                avx && bit(further[EAX], 4),
                avx512,
                avx512 && bit(b, 30),
                avx512 && bit(b, 31),
                avx512 && bit(b, 17),
                avx512 && bit(extended[ECX], 1),
                avx512 && bit(extended[ECX], 11),
                avx512 && bit(further[EAX], 5));
    }

    private static int family(int signature) {
        int base = signature >>> 8 & 15;
        return base == 15 ? base + (signature >>> 20 & 255) : base;
    }

    private String brand() {
        if (Integer.compareUnsigned(leaf(0x80000000, 0)[EAX], 0x80000004) < 0) {
            return "an x86-64 CPU without a name";
        }
        MemorySegment text = MemorySegment.ofArray(new byte[49]);
        for (int part = 0; part < 3; part++) {
            int[] words = leaf(0x80000002 + part, 0);
            MemorySegment.copy(words, 0, text, JAVA_INT.withByteAlignment(1), 16L * part, 4);
        }
        return text.getString(0, StandardCharsets.ISO_8859_1).strip();
    }

    private int[] leaf(int leaf, int subleaf) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_INT, 4);
            CodePages.call(pages.routine(0), leaf, subleaf, out.address(), 0, 0, 0);
            return out.toArray(JAVA_INT);
        }
    }

    private long enabled() {
        return CodePages.call(pages.routine(1), 0, 0, 0, 0, 0, 0);
    }

    private static boolean bit(int word, int which) {
        return (word >>> which & 1) != 0;
    }

    private static byte[] cpuidRoutine() {
        Assembler code = new Assembler(InstructionSet.AVX2);
        code.push(Gpr.RBX); // cpuid writes it, and it is the caller's
        code.mov(Gpr.R8, Gpr.RDX);
        code.mov32(Gpr.RAX, Gpr.RDI);
        code.mov32(Gpr.RCX, Gpr.RSI);
        code.cpuid();
        code.mov32(Mem.at(Gpr.R8, 4 * EAX), Gpr.RAX);
        code.mov32(Mem.at(Gpr.R8, 4 * EBX), Gpr.RBX);
        code.mov32(Mem.at(Gpr.R8, 4 * ECX), Gpr.RCX);
        code.mov32(Mem.at(Gpr.R8, 4 * EDX), Gpr.RDX);
        code.pop(Gpr.RBX);
        code.ret();
        return code.bytes();
    }

    private static byte[] xgetbvRoutine() {
        Assembler code = new Assembler(InstructionSet.AVX2);
        code.xor32(Gpr.RCX, Gpr.RCX);
        code.xgetbv();
        code.shl(Gpr.RDX, 32);
        code.or(Gpr.RAX, Gpr.RDX);
        code.ret();
        return code.bytes();
    }

    @Override
    public void close() {
        pages.close();
    }
}

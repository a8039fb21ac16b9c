package dev.cachalot.tensor.assembly;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Instructions that assembled products of bytes can be written in, the fastest first. */
public enum ProductInstructions {
    /** 512 bits, with {@code vpdpbusd}; attention and products of floats are assembled too. */
    AVX512_VNNI("avx512", "AVX-512 VNNI"),
    /** 256 bits, with {@code vpdpbusd}. */
    AVX_VNNI("avx-vnni", "AVX-VNNI"),
    /** 256 bits, with {@code vpmaddubsw} and {@code vpmaddwd}. */
    AVX2("avx2", "AVX2");

    /** The system property that holds the rung to fewer instructions than the CPU has. */
    public static final String PROPERTY = "cachalot.instructions";

    private final String word;
    private final String title;

    ProductInstructions(String word, String title) {
        this.word = word;
        this.title = title;
    }

    /** What the property calls it. */
    public String word() {
        return word;
    }

    /** What makers of CPUs call it. */
    public String title() {
        return title;
    }

    /** Whether this CPU has them. */
    public boolean isSupported() {
        return isSupported(CpuFeatures.detect());
    }

    boolean isSupported(CpuFeatures cpu) {
        return switch (this) {
            case AVX512_VNNI -> cpu.runsAvx512Vnni();
            case AVX_VNNI -> cpu.runsAvx2() && cpu.avxVnni();
            case AVX2 -> cpu.runsAvx2();
        };
    }

    /** Those of this process: the property's where it is set, else the best that the CPU has. */
    public static Optional<ProductInstructions> chosen() {
        Choice choice = Choice.OF_PROCESS;
        return Optional.ofNullable(choice.why.isEmpty() ? choice.instructions.getFirst() : null);
    }

    /** Why there are none; empty where there are. */
    public static Optional<String> missing() {
        return Optional.of(Choice.OF_PROCESS.why).filter(why -> !why.isEmpty());
    }

    /** Whether the property says which. */
    public static boolean isAskedFor() {
        return System.getProperty(PROPERTY) != null;
    }

    /** The first of the instructions, unless there is a reason against it. */
    record Choice(List<ProductInstructions> instructions, String why) {
        static final Choice OF_PROCESS = of(System.getProperty(PROPERTY), CpuFeatures.detect());

        static Choice of(@Nullable String word, CpuFeatures cpu) {
            List<ProductInstructions> had =
                    Arrays.stream(values()).filter(each -> each.isSupported(cpu)).toList();
            if (had.isEmpty()) {
                return new Choice(
                        had, "it needs AVX2 with FMA, or AVX-512 VNNI; this CPU is " + cpu.brand());
            }
            if (word == null) {
                return new Choice(had, "");
            }
            List<ProductInstructions> asked =
                    had.stream().filter(each -> each.word.equals(word)).toList();
            return new Choice(
                    asked,
                    asked.isEmpty()
                            ? "%s is '%s'; this CPU (%s) has %s"
                                    .formatted(PROPERTY, word, cpu.brand(), words(had))
                            : "");
        }

        private static String words(List<ProductInstructions> some) {
            return some.stream().map(ProductInstructions::word).collect(Collectors.joining(", "));
        }
    }
}

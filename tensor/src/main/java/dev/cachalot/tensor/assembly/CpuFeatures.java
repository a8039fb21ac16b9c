package dev.cachalot.tensor.assembly;

/**
 * The instructions this CPU has and the system saves the registers of.
 *
 * @param brand the CPU's name as it says it, or why nothing was detected
 * @param family the maker's number of the CPU's design: 25 is AMD's Zen 3 and 4, 26 Zen 5; 0 where
 *     nothing was detected
 */
public record CpuFeatures(
        String brand,
        int family,
        boolean avx2,
        boolean fma,
        boolean f16c,
        boolean avxVnni,
        boolean avx512f,
        boolean avx512bw,
        boolean avx512vl,
        boolean avx512dq,
        boolean avx512vbmi,
        boolean avx512vnni,
        boolean avx512bf16) {

    /** No feature at all. */
    static CpuFeatures none(String why) {
        return new CpuFeatures(
                why, 0, false, false, false, false, false, false, false, false, false, false,
                false);
    }

    /** Of this machine; asked once. None where {@link CodePages#isSupported} is false. */
    public static CpuFeatures detect() {
        return Detected.FEATURES;
    }

    /** Whether a kernel of AVX2, FMA and F16C runs. */
    public boolean runsAvx2() {
        return avx2 && fma && f16c;
    }

    /** Whether a kernel of AVX-512 F, BW, VL, DQ and VNNI runs: what Zen 4 and Ice Lake have. */
    public boolean runsAvx512Vnni() {
        return runsAvx2() && avx512f && avx512bw && avx512vl && avx512dq && avx512vnni;
    }

    private static final class Detected {
        static final CpuFeatures FEATURES =
                CodePages.unsupported()
                        .map(CpuFeatures::none)
                        .orElseGet(
                                () -> {
                                    try (CpuId cpu = new CpuId()) {
                                        return cpu.features();
                                    } catch (CodePageException forbidden) {
                                        return none(String.valueOf(forbidden.getMessage()));
                                    }
                                });

        private Detected() {}
    }
}

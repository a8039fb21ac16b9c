package dev.cachalot.tensor.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CpuFeaturesTest {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    @Test
    void theFeaturesAreThoseThatTheKernelSees() throws IOException {
        assumeTrue(CodePages.isSupported(), () -> CodePages.unsupported().orElse(""));
        assumeTrue(Files.isReadable(CPU_INFO), "there is no /proc/cpuinfo to compare with");
        List<String> info = Files.readAllLines(CPU_INFO);
        Set<String> flags = new HashSet<>(Arrays.asList(value(info, "flags").split(" ")));
        CpuFeatures found = CpuFeatures.detect();
        assertThat(found)
                .isEqualTo(
                        new CpuFeatures(
                                value(info, "model name"),
                                flags.contains("avx2"),
                                flags.contains("fma"),
                                flags.contains("f16c"),
                                flags.contains("avx_vnni"),
                                flags.contains("avx512f"),
                                flags.contains("avx512bw"),
                                flags.contains("avx512vl"),
                                flags.contains("avx512dq"),
                                flags.contains("avx512vbmi"),
                                flags.contains("avx512_vnni"),
                                flags.contains("avx512_bf16")));
    }

    @Test
    void nothingIsClaimedWhereCodeCannotRun() {
        assumeTrue(!CodePages.isSupported(), "code can run here");
        assertThat(CpuFeatures.detect().runsAvx2()).isFalse();
        assertThat(CpuFeatures.detect().brand()).contains("assembled code is for");
    }

    private static String value(List<String> info, String key) {
        return info.stream()
                .filter(line -> line.startsWith(key))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .orElse("");
    }
}

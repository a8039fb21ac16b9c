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
        // a virtual machine may tell the system another name than its CPUID does
        assertThat(found.brand()).isNotBlank().isPrintable();
        assertThat(found.family()).isEqualTo(Integer.parseInt(value(info, "cpu family")));
        assertThat(found.avx2()).isEqualTo(flags.contains("avx2"));
        assertThat(found.fma()).isEqualTo(flags.contains("fma"));
        assertThat(found.f16c()).isEqualTo(flags.contains("f16c"));
        assertThat(found.avx512f()).isEqualTo(flags.contains("avx512f"));
        assertThat(found.avx512bw()).isEqualTo(flags.contains("avx512bw"));
        assertThat(found.avx512vl()).isEqualTo(flags.contains("avx512vl"));
        assertThat(found.avx512dq()).isEqualTo(flags.contains("avx512dq"));
        // an older kernel does not know the names of these
        assertThat(found.avxVnni() || !flags.contains("avx_vnni")).isTrue();
        assertThat(found.avx512vbmi() || !flags.contains("avx512vbmi")).isTrue();
        assertThat(found.avx512vnni() || !flags.contains("avx512_vnni")).isTrue();
        assertThat(found.avx512bf16() || !flags.contains("avx512_bf16")).isTrue();
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

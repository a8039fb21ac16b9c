package dev.cachalot.tensor.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LargePagesTest {
    private static final int BYTES = 5 << 20;
    private static final String HUGE_PAGES = "hg"; // man 5 proc_pid_smaps, VmFlags

    @Test
    void aMappedFileIsMarkedForLargePagesAndKeepsItsBytes(@TempDir Path folder) throws IOException {
        Path smaps = Path.of("/proc/self/smaps");
        assumeTrue(
                Files.exists(smaps)
                        && Files.exists(Path.of("/sys/kernel/mm/transparent_hugepage/enabled")),
                "this system has no huge pages to ask for");
        byte[] bytes = new byte[BYTES];
        bytes[BYTES - 1] = 42;
        Path file = Files.write(folder.resolve("weights"), bytes);
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, BYTES, arena);
            assertThat(flags(smaps, mapped)).doesNotContain(HUGE_PAGES);
            LargePages.prefer(mapped);
            assertThat(flags(smaps, mapped)).contains(HUGE_PAGES);
            assertThat(mapped.get(ValueLayout.JAVA_BYTE, BYTES - 1)).isEqualTo((byte) 42);
        }
    }

    @Test
    void aMappedFileIsReadBeforeItIsUsed(@TempDir Path folder) throws IOException {
        Path smaps = Path.of("/proc/self/smaps");
        assumeTrue(Files.exists(smaps), "this system does not tell which pages are there");
        Path file = Files.write(folder.resolve("weights"), new byte[BYTES]);
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, BYTES, arena);
            assertThat(line(smaps, mapped, "Rss:")).matches("Rss: +0 kB");
            LargePages.fetch(mapped);
            assertThat(line(smaps, mapped, "Rss:")).matches("Rss: +%d kB".formatted(BYTES >> 10));
        }
    }

    private static String flags(Path smaps, MemorySegment mapped) throws IOException {
        return line(smaps, mapped, "VmFlags:");
    }

    private static String line(Path smaps, MemorySegment mapped, String name) throws IOException {
        boolean isMine = false;
        String start = Long.toHexString(mapped.address()) + "-";
        for (String line : Files.readAllLines(smaps)) {
            isMine |= line.startsWith(start);
            if (isMine && line.startsWith(name)) {
                return line;
            }
        }
        throw new AssertionError("no mapping at " + start);
    }
}

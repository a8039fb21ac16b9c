package dev.cachalot.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Memory of this process as the system counts it; nothing where it does not tell. */
final class ProcessMemory {
    private static final Map<String, String> NAMES =
            Map.of(
                    "VmRSS:", "resident_bytes",
                    "VmHWM:", "most_bytes",
                    "RssAnon:", "own_bytes",
                    "RssFile:", "mapped_bytes");

    /** Bytes by name: resident, the most there ever were, our own, those of mapped files. */
    static Map<String, Long> now() {
        Map<String, Long> found = new LinkedHashMap<>();
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                String[] words = line.split("\\s+", -1);
                String name = NAMES.get(words[0]);
                if (name != null && words.length >= 2) {
                    found.put(name, Long.parseLong(words[1]) * 1024);
                }
            }
        } catch (IOException notLinux) {
            return Map.of();
        }
        return found;
    }

    private ProcessMemory() {}
}

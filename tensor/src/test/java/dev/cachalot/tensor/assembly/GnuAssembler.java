package dev.cachalot.tensor.assembly;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** GNU as, the judge of the encodings: many lines, one process. */
final class GnuAssembler {
    private static final Pattern ERROR = Pattern.compile("\\.s:(\\d+): (Error|Warning): (.*)");

    /** Skips the test, saying why, where there is no GNU as for x86-64. */
    static void assumePresent() {
        boolean present;
        try {
            Process process = new ProcessBuilder("as", "--64", "--version").start();
            process.getInputStream().readAllBytes();
            present = process.waitFor() == 0;
        } catch (IOException absent) {
            present = false;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
        assumeTrue(present, "GNU as for x86-64 is absent: install binutils to judge the encodings");
    }

    /** The listing's bytes of every line, in hexadecimal, or as's complaint about it. */
    static List<String> assemble(Path folder, List<String> lines)
            throws IOException, InterruptedException {
        Path source = folder.resolve("lines.s");
        List<String> all = new ArrayList<>(List.of(".intel_syntax noprefix"));
        all.addAll(lines);
        Files.write(source, all);
        Process process =
                new ProcessBuilder(
                                "as",
                                "--64",
                                "-al=" + folder.resolve("lines.lst"),
                                "--listing-lhs-width=8",
                                "-o",
                                folder.resolve("lines.o").toString(),
                                source.toString())
                        .redirectErrorStream(true)
                        .start();
        String complaints = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        String[] answers = new String[lines.size()];
        Matcher error = ERROR.matcher(complaints);
        while (error.find()) {
            answers[Integer.parseInt(error.group(1)) - 2] = error.group(3);
        }
        Pattern listed = Pattern.compile("^ *(\\d+) [0-9a-f?]{4,} ([0-9A-F ]+?) *(\t.*)?$");
        for (String line : Files.readAllLines(folder.resolve("lines.lst"))) {
            Matcher matcher = listed.matcher(line);
            if (matcher.matches()) {
                int at = Integer.parseInt(matcher.group(1)) - 2;
                if (answers[at] == null) {
                    answers[at] = matcher.group(2).replace(" ", "");
                }
            }
        }
        for (int i = 0; i < answers.length; i++) {
            if (answers[i] == null) {
                answers[i] = "no bytes; as said: " + complaints.lines().limit(3).toList();
            }
        }
        return List.of(answers);
    }

    private GnuAssembler() {}
}

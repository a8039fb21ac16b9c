package dev.cachalot.tensor.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every instruction with random operands, byte for byte as GNU as writes it. */
class EncodingsTest {
    private static final int FORMS = 32;

    /** Methods that are no instruction on their operands; jumps are tested by running them. */
    private static final Set<String> OTHERS =
            Set.of("bytes", "here", "bind", "position", "align", "data", "dataInts", "dataFloats");

    private record Written(String line, String bytes) {}

    @TempDir Path folder;

    @Test
    void everyInstructionIsEncodedAsGnuAsDoes() throws Exception {
        judge(InstructionSet.AVX512);
    }

    @Test
    void codeForAvx2IsEncodedAsGnuAsDoes() throws Exception {
        judge(InstructionSet.AVX2);
    }

    @Test
    void distancesToLabelsAreCountedAsGnuAsDoes() throws Exception {
        GnuAssembler.assumePresent();
        SplittableRandom random = new SplittableRandom(11);
        Assembler code = new Assembler();
        List<String> lines = new ArrayList<>();
        List<Label> labels = Stream.generate(Label::new).limit(30).toList();
        for (int bound = 0; bound < labels.size(); bound++) {
            for (int i = random.nextInt(12); i > 0; i--) {
                int to = random.nextInt(labels.size());
                Label label = labels.get(to);
                switch (random.nextInt(5)) {
                    case 0 -> {
                        code.jmp(label);
                        lines.add((to < bound ? "" : "{disp32} ") + "jmp L" + to);
                    }
                    case 1 -> {
                        code.jle(label);
                        lines.add((to < bound ? "" : "{disp32} ") + "jle L" + to);
                    }
                    case 2 -> {
                        code.lea(Gpr.R9, Mem.of(label).plus(5));
                        lines.add("lea r9, [rip+L" + to + "+5]");
                    }
                    case 3 -> {
                        code.vpshufd(Vec.zmm(21), Mem.of(label), 9);
                        lines.add("vpshufd zmm21, [rip+L" + to + "], 9");
                    }
                    default -> {
                        code.vpaddd(Vec.ymm(9), Vec.ymm(3), Mem.of(label));
                        lines.add("vpaddd ymm9, ymm3, [rip+L" + to + "]");
                    }
                }
            }
            code.bind(labels.get(bound));
            lines.add("L" + bound + ": nop");
            code.nop();
        }
        String theirs = String.join("", GnuAssembler.assemble(folder, lines));
        assertThat(hex(code.bytes())).isEqualTo(theirs);
    }

    private void judge(InstructionSet set) throws IOException, InterruptedException {
        GnuAssembler.assumePresent();
        List<Written> written = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(20261124);
        for (Method method : instructions()) {
            written.addAll(forms(method, set, random));
        }
        assertThat(written).hasSizeGreaterThan(set == InstructionSet.AVX512 ? 8000 : 3000);
        List<String> judged =
                GnuAssembler.assemble(folder, written.stream().map(Written::line).toList());
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < judged.size(); i++) {
            Written ours = written.get(i);
            if (!ours.bytes.equals(judged.get(i))) {
                wrong.add(ours.line + ": " + ours.bytes + ", but as: " + judged.get(i));
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static List<Method> instructions() {
        return Stream.of(Assembler.class.getMethods())
                .filter(method -> method.getDeclaringClass() != Object.class)
                .filter(method -> !OTHERS.contains(method.getName()))
                .filter(method -> !List.of(method.getParameterTypes()).contains(Label.class))
                .sorted(Comparator.comparing(Method::toString))
                .toList();
    }

    private static List<Written> forms(Method method, InstructionSet set, SplittableRandom random) {
        boolean avx512 = set == InstructionSet.AVX512;
        RandomOperands operands = new RandomOperands(random, avx512);
        Class<?>[] types = method.getParameterTypes();
        List<Written> forms = new ArrayList<>();
        int wanted = types.length == 0 ? 1 : FORMS;
        boolean possible = true;
        for (int tries = 0; forms.size() < wanted && possible; tries++) {
            Object[] values = Stream.of(types).map(operands::of).toArray();
            Assembler code = new Assembler(set);
            try {
                method.invoke(code, values);
                byte[] bytes = code.bytes();
                String line = AssemblerText.line(method, values, bytes);
                forms.add(new Written(line, hex(bytes)));
            } catch (InvocationTargetException refused) {
                if (!(refused.getCause() instanceof IllegalArgumentException)) {
                    throw new AssertionError("" + method, refused.getCause());
                }
            } catch (IllegalAccessException failure) {
                throw new AssertionError("" + method, failure);
            }
            possible = tries < (avx512 || !forms.isEmpty() ? 20_000 : 400);
        }
        // an instruction of AVX-512 alone has no form for AVX2
        if (avx512) {
            assertThat(forms).as("%s", method).hasSize(wanted);
        }
        return forms;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().withUpperCase().formatHex(bytes);
    }
}

package dev.cachalot.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * "Edit this file": a file of some 800 tokens that look like code, few words and many repetitions,
 * an instruction, and the file again with a word renamed, a line left out and lines put in.
 */
record EditedFile(int[] prompt, int[] answer) {
    private static final int KEYWORDS = 40;
    private static final int NAMES = 60;
    private static final int RENAMED = KEYWORDS + 7;
    private static final int NEW_NAME = KEYWORDS + NAMES + 1;
    private static final int INSTRUCTION = KEYWORDS + NAMES + 2;
    private static final int LINES = 80;

    static EditedFile of(SplittableRandom random) {
        List<int[]> forms = new ArrayList<>(); // of lines: keywords, and -1 for a name
        for (int i = 0; i < 12; i++) {
            int[] form = new int[random.nextInt(6, 15)];
            for (int j = 0; j < form.length; j++) {
                form[j] = random.nextInt(3) == 0 ? -1 : random.nextInt(KEYWORDS);
            }
            forms.add(form);
        }
        List<Integer> file = new ArrayList<>();
        List<Integer> edited = new ArrayList<>();
        for (int i = 0; i < LINES; i++) {
            List<Integer> line = line(forms.get(random.nextInt(forms.size())), random);
            file.addAll(line);
            if (random.nextInt(20) == 0) {
                edited.addAll(line(forms.get(random.nextInt(forms.size())), random));
            }
            if (random.nextInt(20) > 0) {
                Collections.replaceAll(line, RENAMED, NEW_NAME);
                edited.addAll(line);
            }
        }
        for (int i = 0; i < 12; i++) {
            file.add(INSTRUCTION + i);
        }
        return new EditedFile(ids(file), ids(edited));
    }

    private static List<Integer> line(int[] form, SplittableRandom random) {
        List<Integer> line = new ArrayList<>();
        for (int word : form) {
            line.add(word < 0 ? KEYWORDS + random.nextInt(NAMES) : word);
        }
        return line;
    }

    private static int[] ids(List<Integer> tokens) {
        return tokens.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Prompt and answer. */
    int[] script() {
        int[] script = Arrays.copyOf(prompt, prompt.length + answer.length);
        System.arraycopy(answer, 0, script, prompt.length, answer.length);
        return script;
    }
}

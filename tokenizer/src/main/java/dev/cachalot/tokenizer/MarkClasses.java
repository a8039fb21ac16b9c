package dev.cachalot.tokenizer;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The order of Unicode's combining classes. The JDK knows the classes but does not tell them, so
 * they are learned from how it orders two marks.
 */
final class MarkClasses {
    /** The one mark of the highest class: every other that has a class is moved before it. */
    private static final String LAST = "\u0345";

    private static final Map<Integer, Integer> CLASSES = new HashMap<>();
    private static final Map<Integer, String> DECOMPOSED = new HashMap<>();

    static {
        List<String> oneOfEach = new ArrayList<>(); // ascending
        List<String> marks = new ArrayList<>();
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if ((CharacterKind.of(c) & CharacterKind.MARK) == 0) {
                continue;
            }
            String mark = Character.toString(c);
            String parts = Normalizer.normalize(mark, Normalizer.Form.NFD);
            if (!parts.equals(mark)) {
                DECOMPOSED.put(c, parts);
            } else if (mark.equals(LAST) || swapped(LAST, mark)) {
                marks.add(mark);
                int place = place(oneOfEach, mark);
                if (place < 0) {
                    oneOfEach.add(-place - 1, mark);
                }
            }
        }
        for (String mark : marks) {
            CLASSES.put(mark.codePointAt(0), place(oneOfEach, mark) + 1);
        }
    }

    /** A number that orders as the mark's class does; 0 if it has class 0 or is no mark. */
    static int of(int mark) {
        return CLASSES.getOrDefault(mark, 0);
    }

    /** The mark, or what it stands for. */
    static String decomposed(int mark) {
        String parts = DECOMPOSED.get(mark);
        return parts == null ? Character.toString(mark) : parts;
    }

    /** The place of the mark's class, or -1 less the place where it belongs. */
    private static int place(List<String> oneOfEach, String mark) {
        int low = 0;
        int high = oneOfEach.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (swapped(oneOfEach.get(middle), mark)) {
                high = middle - 1;
            } else if (swapped(mark, oneOfEach.get(middle))) {
                low = middle + 1;
            } else {
                return middle;
            }
        }
        return -low - 1;
    }

    private static boolean swapped(String first, String second) {
        return Normalizer.normalize(first + second, Normalizer.Form.NFD).equals(second + first)
                && !first.equals(second);
    }

    private MarkClasses() {}
}

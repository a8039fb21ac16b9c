package dev.cachalot.tensor.assembly;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** An instruction in the words of GNU as, Intel's order: the same operands, another encoder. */
final class AssemblerText {
    private static final String[] DOUBLE_WORDS = {
        "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi",
        "r8d", "r9d", "r10d", "r11d", "r12d", "r13d", "r14d", "r15d"
    };

    /** Instructions whose general-purpose register is one of 32 bits. */
    private static final Set<String> NARROW =
            Set.of(
                    "kmovb",
                    "kmovw",
                    "kmovd",
                    "vmovd",
                    "vpbroadcastb",
                    "vpbroadcastw",
                    "vpbroadcastd",
                    "movzx8",
                    "movzx16");

    /**
     * The line of a method called with these operands, of which the first byte was {@code first}.
     */
    static String line(Method method, Object[] operands, byte[] code) {
        String name = method.getName();
        boolean narrow = NARROW.contains(name) || (name.endsWith("32") && name.charAt(0) != 'v');
        List<String> texts = new ArrayList<>();
        // its operand in memory is twice as wide as the register
        int bits = name.equals("vcvtneps2bf16") ? 512 : bits(operands);
        Mask under = null;
        for (int i = 0; i < operands.length; i++) {
            if (operands[i] instanceof Mask mask && i == 1 && name.startsWith("vcmp")) {
                under = mask;
                continue;
            }
            texts.add(text(operands[i], narrow, element(name), bits));
        }
        if (under != null) {
            texts.set(0, texts.get(0) + Masks.suffix(under));
        }
        String mnemonic = name;
        if (name.startsWith("movzx")) {
            mnemonic = "movzx";
            texts.set(1, (name.equals("movzx8") ? "byte ptr " : "word ptr ") + texts.get(1));
        } else if (name.equals("mov") && operands[1] instanceof Long n && n != n.intValue()) {
            mnemonic = "movabs";
        } else if (narrow && name.endsWith("32")) {
            mnemonic = name.substring(0, name.length() - 2);
        }
        String prefix = name.charAt(0) != 'v' ? "" : code[0] == 0x62 ? "{evex} " : "{vex} ";
        boolean copy = name.startsWith("vmov") && operands[1] instanceof Vec;
        return (copy ? "{load} " : "") + prefix + mnemonic + " " + String.join(", ", texts);
    }

    private static String text(Object operand, boolean narrow, int element, int bits) {
        return switch (operand) {
            case Vec vec -> vec.toString();
            case Mem mem -> mem.toString().replace("1toN", "1to" + bits / 8 / element);
            case Gpr gpr when narrow -> DOUBLE_WORDS[gpr.number()];
            case Gpr gpr -> gpr.name().toLowerCase(Locale.ROOT);
            case Mask mask -> mask.name().toLowerCase(Locale.ROOT);
            default -> operand.toString();
        };
    }

    private static int element(String name) {
        for (Instruction instruction : Instruction.values()) {
            if (instruction.toString().equals(name)) {
                return instruction.element;
            }
        }
        return 1;
    }

    private static int bits(Object[] operands) {
        int bits = 0;
        for (Object operand : operands) {
            bits = Math.max(bits, operand instanceof Vec vec ? vec.bits() : 0);
        }
        return bits;
    }

    private AssemblerText() {}
}

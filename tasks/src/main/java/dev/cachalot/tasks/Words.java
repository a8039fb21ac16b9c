package dev.cachalot.tasks;

import java.util.List;

/** The words of worked reasoning in one language. Labels are followed by a colon and a value. */
record Words(
        List<String> places,
        String solve,
        String add,
        String subtract,
        String multiply,
        String compare,
        String digits,
        String carry,
        String borrow,
        String result,
        String so,
        String swap,
        String negative,
        String larger,
        String smaller,
        String asked,
        String yes,
        String no,
        String equal) {

    private static final Words ENGLISH =
            new Words(
                    List.of("ones", "tens", "hundreds", "thousands", "ten thousands"),
                    "solve",
                    "add",
                    "subtract",
                    "multiply",
                    "compare",
                    "digits",
                    "carry",
                    "borrow",
                    "result",
                    "so",
                    "swap",
                    "negative",
                    "larger",
                    "smaller",
                    "asked",
                    "yes",
                    "no",
                    "equal");

    private static final Words CHINESE =
            new Words(
                    List.of("个位", "十位", "百位", "千位", "万位"),
                    "计算",
                    "相加",
                    "相减",
                    "相乘",
                    "比较",
                    "位数",
                    "进位",
                    "借位",
                    "得到",
                    "所以",
                    "交换",
                    "负数",
                    "较大",
                    "较小",
                    "问的是",
                    "是",
                    "否",
                    "相等");

    private static final Words SPANISH =
            new Words(
                    List.of("unidades", "decenas", "centenas", "millares", "decenas de millar"),
                    "resolver",
                    "sumar",
                    "restar",
                    "multiplicar",
                    "comparar",
                    "cifras",
                    "llevo",
                    "pido",
                    "resultado",
                    "entonces",
                    "cambio",
                    "negativo",
                    "mayor",
                    "menor",
                    "pregunta",
                    "sí",
                    "no",
                    "iguales");

    static Words of(Language language) {
        return switch (language) {
            case ENGLISH -> ENGLISH;
            case CHINESE -> CHINESE;
            case SPANISH -> SPANISH;
        };
    }

    String of(Operation operation) {
        return switch (operation) {
            case ADD -> add;
            case SUBTRACT -> subtract;
            case MULTIPLY -> multiply;
        };
    }
}

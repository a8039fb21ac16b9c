package dev.cachalot.tasks;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Word problems of one step.
 *
 * <p>In braces in a template: A and B the numbers, N and M two names, T the things (in Chinese with
 * their measure word), Q the Spanish "how many" that agrees with them.
 */
final class Stories {
    /**
     * @param insight the line of reasoning that says which operation the story needs
     */
    record Story(String question, String insight) {}

    private record Telling(List<String> templates, String insight) {}

    private static final List<String> ENGLISH_NAMES =
            List.of("Tom", "Anna", "Ben", "Mia", "Sam", "Lucy", "Omar", "Nina", "Jack", "Ella");
    private static final List<String> CHINESE_NAMES =
            List.of("小明", "小红", "小华", "小丽", "小刚", "小芳", "李雷", "王芳", "小军", "小美");
    private static final List<String> SPANISH_NAMES =
            List.of(
                    "Ana", "Luis", "María", "Pedro", "Sofía", "Juan", "Elena", "Pablo", "Lucía",
                    "Diego");

    private static final List<String> ENGLISH_THINGS =
            List.of(
                    "apples", "books", "coins", "stamps", "eggs", "pencils", "cards", "shells",
                    "balls", "tickets");
    private static final List<String> CHINESE_THINGS =
            List.of("个苹果", "本书", "枚硬币", "张邮票", "个鸡蛋", "支铅笔", "张卡片", "个贝壳", "个球", "张票");
    private static final List<String> SPANISH_THINGS =
            List.of(
                    "manzanas",
                    "libros",
                    "monedas",
                    "sellos",
                    "huevos",
                    "lápices",
                    "cartas",
                    "conchas",
                    "globos",
                    "entradas");

    private static final Set<String> FEMININE =
            Set.of("manzanas", "monedas", "cartas", "conchas", "entradas");

    private static final Telling ENGLISH_SUM =
            new Telling(
                    List.of(
                            "{N} has {A} {T} and gets {B} more. How many {T} does {N} have now?",
                            "{N} has {A} {T} and {M} has {B} {T}. How many {T} do they have together?",
                            "There are {A} {T} in one box and {B} {T} in another. How many {T} are there in all?",
                            "A shop sold {A} {T} in the morning and {B} {T} in the afternoon. How many {T} did it sell?",
                            "{N} found {A} {T}. {M} gave {N} {B} more {T}. How many {T} does {N} have?",
                            "{N} has {A} {T}. {M} has {B} more {T} than {N}. How many {T} does {M} have?"),
                    "find the total by adding");
    private static final Telling ENGLISH_DIFFERENCE =
            new Telling(
                    List.of(
                            "{N} has {A} {T} and gives {B} to {M}. How many {T} are left?",
                            "There were {A} {T} in a shop and {B} were sold. How many {T} remain?",
                            "{N} has {A} {T} and {M} has {B} {T}. How many more {T} does {N} have than {M}?",
                            "{N} had {A} {T} and lost {B} of them. How many {T} does {N} have now?",
                            "A box holds {A} {T}. {N} takes out {B}. How many {T} stay in the box?",
                            "{N} needs {A} {T} and already has {B}. How many more {T} does {N} need?"),
                    "find the difference by subtracting");
    private static final Telling ENGLISH_PRODUCT =
            new Telling(
                    List.of(
                            "There are {A} boxes with {B} {T} in each. How many {T} are there in all?",
                            "{N} buys {A} bags of {B} {T} each. How many {T} does {N} buy?",
                            "Each of {A} children has {B} {T}. How many {T} do they have together?",
                            "{N} collects {B} {T} a day for {A} days. How many {T} does {N} collect?",
                            "A shelf has {A} rows of {B} {T}. How many {T} are on the shelf?"),
                    "equal groups mean multiplying");

    private static final Telling CHINESE_SUM =
            new Telling(
                    List.of(
                            "{N}有{A}{T}，又得到{B}{T}。{N}现在有多少{T}？",
                            "{N}有{A}{T}，{M}有{B}{T}。他们一共有多少{T}？",
                            "一个箱子里有{A}{T}，另一个箱子里有{B}{T}。一共有多少{T}？",
                            "商店上午卖出{A}{T}，下午卖出{B}{T}。一共卖出多少{T}？",
                            "{N}找到{A}{T}，{M}又给{N} {B}{T}。{N}有多少{T}？",
                            "{N}有{A}{T}，{M}比{N}多{B}{T}。{M}有多少{T}？"),
                    "求总数用加法");
    private static final Telling CHINESE_DIFFERENCE =
            new Telling(
                    List.of(
                            "{N}有{A}{T}，给了{M} {B}{T}。还剩多少{T}？",
                            "商店有{A}{T}，卖掉了{B}{T}。还剩多少{T}？",
                            "{N}有{A}{T}，{M}有{B}{T}。{N}比{M}多多少{T}？",
                            "{N}有{A}{T}，丢了{B}{T}。{N}现在有多少{T}？",
                            "箱子里有{A}{T}，{N}拿走{B}{T}。箱子里还有多少{T}？",
                            "{N}需要{A}{T}，已经有{B}{T}。{N}还需要多少{T}？"),
                    "求相差用减法");
    private static final Telling CHINESE_PRODUCT =
            new Telling(
                    List.of(
                            "有{A}个盒子，每个盒子里有{B}{T}。一共有多少{T}？",
                            "{N}买了{A}袋，每袋有{B}{T}。{N}一共买了多少{T}？",
                            "{A}个孩子每人有{B}{T}。他们一共有多少{T}？",
                            "{N}每天收集{B}{T}，收集了{A}天。{N}一共收集了多少{T}？",
                            "架子上有{A}排，每排有{B}{T}。架子上一共有多少{T}？"),
                    "每份一样多用乘法");

    private static final Telling SPANISH_SUM =
            new Telling(
                    List.of(
                            "{N} tiene {A} {T} y recibe {B} más. ¿{Q} {T} tiene ahora?",
                            "{N} tiene {A} {T} y {M} tiene {B} {T}. ¿{Q} {T} tienen juntos?",
                            "Hay {A} {T} en una caja y {B} {T} en otra. ¿{Q} {T} hay en total?",
                            "Una tienda vendió {A} {T} por la mañana y {B} {T} por la tarde. ¿{Q} {T} vendió?",
                            "{N} encontró {A} {T}. {M} le dio {B} {T} más. ¿{Q} {T} tiene {N}?",
                            "{N} tiene {A} {T}. {M} tiene {B} {T} más que {N}. ¿{Q} {T} tiene {M}?"),
                    "el total se halla sumando");
    private static final Telling SPANISH_DIFFERENCE =
            new Telling(
                    List.of(
                            "{N} tiene {A} {T} y da {B} a {M}. ¿{Q} {T} le quedan?",
                            "Había {A} {T} en una tienda y se vendieron {B}. ¿{Q} {T} quedan?",
                            "{N} tiene {A} {T} y {M} tiene {B} {T}. ¿{Q} {T} más tiene {N} que {M}?",
                            "{N} tenía {A} {T} y perdió {B}. ¿{Q} {T} tiene ahora?",
                            "En una caja hay {A} {T}. {N} saca {B}. ¿{Q} {T} quedan en la caja?",
                            "{N} necesita {A} {T} y ya tiene {B}. ¿{Q} {T} le faltan?"),
                    "la diferencia se halla restando");
    private static final Telling SPANISH_PRODUCT =
            new Telling(
                    List.of(
                            "Hay {A} cajas con {B} {T} en cada una. ¿{Q} {T} hay en total?",
                            "{N} compra {A} bolsas de {B} {T} cada una. ¿{Q} {T} compra?",
                            "Cada uno de {A} niños tiene {B} {T}. ¿{Q} {T} tienen juntos?",
                            "{N} junta {B} {T} al día durante {A} días. ¿{Q} {T} junta?",
                            "Un estante tiene {A} filas de {B} {T}. ¿{Q} {T} hay en el estante?"),
                    "los grupos iguales se multiplican");

    static Story tell(SplittableRandom random, Language language, Exercise.Binary binary) {
        Telling telling = telling(language, binary.operation());
        List<String> names = names(language);
        int first = random.nextInt(names.size());
        int second = (first + random.nextInt(1, names.size())) % names.size();
        String things = Draw.one(random, things(language));
        String template = Draw.one(random, telling.templates());
        String question =
                template.replace("{A}", Integer.toString(binary.a()))
                        .replace("{B}", Integer.toString(binary.b()))
                        .replace("{N}", names.get(first))
                        .replace("{M}", names.get(second))
                        .replace("{T}", things)
                        .replace("{Q}", FEMININE.contains(things) ? "Cuántas" : "Cuántos");
        return new Story(question, telling.insight());
    }

    private static List<String> names(Language language) {
        return switch (language) {
            case ENGLISH -> ENGLISH_NAMES;
            case CHINESE -> CHINESE_NAMES;
            case SPANISH -> SPANISH_NAMES;
        };
    }

    private static List<String> things(Language language) {
        return switch (language) {
            case ENGLISH -> ENGLISH_THINGS;
            case CHINESE -> CHINESE_THINGS;
            case SPANISH -> SPANISH_THINGS;
        };
    }

    private static Telling telling(Language language, Operation operation) {
        return switch (language) {
            case ENGLISH ->
                    switch (operation) {
                        case ADD -> ENGLISH_SUM;
                        case SUBTRACT -> ENGLISH_DIFFERENCE;
                        case MULTIPLY -> ENGLISH_PRODUCT;
                    };
            case CHINESE ->
                    switch (operation) {
                        case ADD -> CHINESE_SUM;
                        case SUBTRACT -> CHINESE_DIFFERENCE;
                        case MULTIPLY -> CHINESE_PRODUCT;
                    };
            case SPANISH ->
                    switch (operation) {
                        case ADD -> SPANISH_SUM;
                        case SUBTRACT -> SPANISH_DIFFERENCE;
                        case MULTIPLY -> SPANISH_PRODUCT;
                    };
        };
    }

    private Stories() {}
}

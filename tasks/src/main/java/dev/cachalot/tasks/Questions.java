package dev.cachalot.tasks;

import dev.cachalot.tasks.Exercise.Ask;
import dev.cachalot.tasks.Exercise.Binary;
import dev.cachalot.tasks.Exercise.Chain;
import dev.cachalot.tasks.Exercise.Comparison;
import java.util.List;
import java.util.SplittableRandom;

/** Puts bare arithmetic into a question: in braces, E is the expression, A and B are numbers. */
final class Questions {
    private static final List<String> ENGLISH =
            List.of(
                    "What is {E}?",
                    "What is {E}?",
                    "Calculate {E}.",
                    "{E} = ?",
                    "{E}",
                    "How much is {E}?",
                    "Work out {E}.",
                    "Please compute {E}.",
                    "Find the value of {E}.");
    private static final List<String> CHINESE =
            List.of(
                    "{E} 等于多少？",
                    "{E}等于多少？",
                    "计算 {E}。",
                    "计算：{E}",
                    "{E} = ？",
                    "{E}＝？",
                    "请算一算 {E}。",
                    "{E} 是多少？",
                    "求 {E} 的值。");
    private static final List<String> SPANISH =
            List.of(
                    "¿Cuánto es {E}?",
                    "¿Cuánto es {E}?",
                    "Calcula {E}.",
                    "{E}, ¿cuánto es?",
                    "¿{E}?",
                    "¿Cuál es el resultado de {E}?",
                    "Resuelve {E}.",
                    "¿Cuánto da {E}?",
                    "Halla el valor de {E}.");

    private static List<String> expressionFrames(Language language) {
        return switch (language) {
            case ENGLISH -> ENGLISH;
            case CHINESE -> CHINESE;
            case SPANISH -> SPANISH;
        };
    }

    private static List<String> spoken(Language language, Operation operation) {
        return switch (language) {
            case ENGLISH ->
                    switch (operation) {
                        case ADD ->
                                List.of(
                                        "What is {A} plus {B}?",
                                        "Add {A} and {B}.",
                                        "What is the sum of {A} and {B}?");
                        case SUBTRACT ->
                                List.of(
                                        "What is {A} minus {B}?",
                                        "Subtract {B} from {A}.",
                                        "Take {B} away from {A}.");
                        case MULTIPLY ->
                                List.of(
                                        "What is {A} times {B}?",
                                        "Multiply {A} by {B}.",
                                        "What is the product of {A} and {B}?");
                    };
            case CHINESE ->
                    switch (operation) {
                        case ADD -> List.of("{A} 加 {B} 等于多少？", "{A}加{B}等于几？", "{A} 与 {B} 的和是多少？");
                        case SUBTRACT ->
                                List.of("{A} 减 {B} 等于多少？", "{A}减去{B}等于几？", "从 {A} 里减去 {B} 是多少？");
                        case MULTIPLY ->
                                List.of("{A} 乘以 {B} 等于多少？", "{A}乘{B}等于几？", "{A} 与 {B} 的积是多少？");
                    };
            case SPANISH ->
                    switch (operation) {
                        case ADD ->
                                List.of(
                                        "¿Cuánto es {A} más {B}?",
                                        "Suma {A} y {B}.",
                                        "¿Cuál es la suma de {A} y {B}?");
                        case SUBTRACT ->
                                List.of(
                                        "¿Cuánto es {A} menos {B}?",
                                        "Resta {B} de {A}.",
                                        "Quita {B} a {A}.");
                        case MULTIPLY ->
                                List.of(
                                        "¿Cuánto es {A} por {B}?",
                                        "Multiplica {A} por {B}.",
                                        "¿Cuál es el producto de {A} y {B}?");
                    };
        };
    }

    private static List<String> comparing(Language language, Ask ask) {
        return switch (language) {
            case ENGLISH ->
                    switch (ask) {
                        case LARGER ->
                                List.of(
                                        "Which is larger, {A} or {B}?",
                                        "Which number is bigger: {A} or {B}?",
                                        "What is the larger of {A} and {B}?");
                        case SMALLER ->
                                List.of(
                                        "Which is smaller, {A} or {B}?",
                                        "Which number is less: {A} or {B}?",
                                        "What is the smaller of {A} and {B}?");
                        case GREATER ->
                                List.of(
                                        "Is {A} > {B}?",
                                        "Is {A} greater than {B}?",
                                        "Is {A} larger than {B}?");
                        case LESS ->
                                List.of(
                                        "Is {A} < {B}?",
                                        "Is {A} less than {B}?",
                                        "Is {A} smaller than {B}?");
                        case EQUAL ->
                                List.of(
                                        "Is {A} = {B}?",
                                        "Is {A} equal to {B}?",
                                        "Are {A} and {B} equal?");
                    };
            case CHINESE ->
                    switch (ask) {
                        case LARGER ->
                                List.of("{A} 和 {B} 哪个大？", "{A} 和 {B} 哪个更大？", "比较 {A} 和 {B}，哪个数大？");
                        case SMALLER ->
                                List.of("{A} 和 {B} 哪个小？", "{A} 和 {B} 哪个更小？", "比较 {A} 和 {B}，哪个数小？");
                        case GREATER -> List.of("{A} > {B} 吗？", "{A} 大于 {B} 吗？", "{A} 比 {B} 大吗？");
                        case LESS -> List.of("{A} < {B} 吗？", "{A} 小于 {B} 吗？", "{A} 比 {B} 小吗？");
                        case EQUAL -> List.of("{A} = {B} 吗？", "{A} 等于 {B} 吗？", "{A} 和 {B} 一样大吗？");
                    };
            case SPANISH ->
                    switch (ask) {
                        case LARGER ->
                                List.of(
                                        "¿Cuál es mayor, {A} o {B}?",
                                        "¿Qué número es más grande: {A} o {B}?",
                                        "¿Cuál es el mayor de {A} y {B}?");
                        case SMALLER ->
                                List.of(
                                        "¿Cuál es menor, {A} o {B}?",
                                        "¿Qué número es más pequeño: {A} o {B}?",
                                        "¿Cuál es el menor de {A} y {B}?");
                        case GREATER ->
                                List.of(
                                        "¿Es {A} > {B}?",
                                        "¿Es {A} mayor que {B}?",
                                        "¿{A} es más grande que {B}?");
                        case LESS ->
                                List.of(
                                        "¿Es {A} < {B}?",
                                        "¿Es {A} menor que {B}?",
                                        "¿{A} es más pequeño que {B}?");
                        case EQUAL ->
                                List.of(
                                        "¿Es {A} = {B}?",
                                        "¿Es {A} igual a {B}?",
                                        "¿Son iguales {A} y {B}?");
                    };
        };
    }

    static String ask(SplittableRandom random, Language language, Exercise exercise) {
        return switch (exercise) {
            case Binary binary -> ask(random, language, binary);
            case Chain chain -> expression(random, language, chain);
            case Comparison(Ask ask, int a, int b) ->
                    withNumbers(Draw.one(random, comparing(language, ask)), a, b);
        };
    }

    private static String ask(SplittableRandom random, Language language, Binary binary) {
        if (random.nextInt(4) == 0) {
            String frame = Draw.one(random, spoken(language, binary.operation()));
            return withNumbers(frame, binary.a(), binary.b());
        }
        return expression(
                random,
                language,
                new Chain(List.of(binary.a(), binary.b()), List.of(binary.operation())));
    }

    private static String expression(SplittableRandom random, Language language, Chain chain) {
        String gap = random.nextInt(4) == 0 ? "" : " ";
        String times = Draw.one(random, List.of("×", "×", "*", "*", "x"));
        return Draw.one(random, expressionFrames(language)).replace("{E}", chain.text(gap, times));
    }

    private static String withNumbers(String frame, int a, int b) {
        return frame.replace("{A}", Integer.toString(a)).replace("{B}", Integer.toString(b));
    }

    private Questions() {}
}

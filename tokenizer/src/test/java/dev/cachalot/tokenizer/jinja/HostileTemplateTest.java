package dev.cachalot.tokenizer.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.testing.Cases;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates from files that nobody can trust: each gives its text or one typed error, soon. */
@Timeout(20)
class HostileTemplateTest {
    private static final Map<String, Value> CONTEXT =
            Map.of(
                    "s",
                    Text.foreign("text"),
                    "n",
                    new Value.Int(3),
                    "list",
                    new Value.Items(List.of(new Value.Int(1), Text.foreign("b"))),
                    "d",
                    Jinja.dict("a", Text.foreign("b")),
                    "none",
                    Value.NONE);

    private static String render(String template) {
        return Jinja.parse(template, Clock.systemUTC()).render(CONTEXT, new Budget(100)).value();
    }

    private static void assertFails(String template, String because) {
        assertThatThrownBy(() -> render(template))
                .isInstanceOf(JinjaFailure.class)
                .hasMessageContaining(because);
    }

    @Test
    void aMacroThatCallsItselfIsEnded() {
        assertFails("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "nested deeper than");
        assertFails(
                "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
                "nested deeper than");
    }

    @Test
    void endlessLoopsAreEnded() {
        assertFails(
                "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
                " than "); // steps or values or time: whatever the machine gets to first
        assertFails("{% for a in range(999999999) %}{% endfor %}", "a range has more than");
        assertFails("{{ range(100001) | list }}", "a range has more than");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% set ns = namespace(x='ab') %}{% for i in range(64) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x }}",
                "{% set ns = namespace(x='ab') %}{% for i in range(64) %}{% set ns.x = ns.x.replace('a', ns.x) %}{% endfor %}",
                "{% set ns = namespace(x='ab') %}{% for i in range(64) %}{% set ns.x = ns.x | tojson | tojson %}{% endfor %}",
                "{% set ns = namespace(x=['a']) %}{% for i in range(64) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
                "{{ 'a' * 999999999 }}",
                "{{ ('a' * 9999999) * 9999999 }}",
                "{% set x %}{% for i in range(99999) %}{{ 'aaaaaaaaaa' * 1000 }}{% endfor %}{% endset %}",
                "{% for i in range(99999) %}{{ 'aaaaaaaaaa' * 1000 }}{% endfor %}",
                "{% set ns = namespace(x='a') %}{% for i in range(99999) %}{% set ns.x = ns.x | indent(1000, true) %}{% endfor %}",
                "{% set ns = namespace(x=['a']) %}{% for i in range(64) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}"
            })
    void textThatGrowsWithoutEndIsEnded(String template) {
        assertThatThrownBy(() -> render(template)).isInstanceOf(JinjaFailure.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% set ns = namespace(x=['a']) %}{% for i in range(40) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x == ns.x }}",
                "{{ ('a' * 2000000).find('a' * 1000000 + 'b') }}",
                "{{ 'a' * 1000000 + 'b' in 'a' * 2000000 }}",
                "{{ ('a' * 2000000).strip('b' * 1000000 + 'a') }}",
                "{{ ('a' * 4000000)[::-1] }}",
                "{{ ('a' * 4000000) | list | length }}",
                "{{ ('a' * 4000000).replace('a', '') }}",
                "{{ ('a' * 4000000).rsplit('a') | length }}",
                "{{ ('\\x01' * 5000000) | tojson | length }}",
                "{{ strftime_now('%Y' * 1000000) }}",
                "{{ range(100000) | map(attribute='a' + '.a' * 100000) | list | length }}",
                "{% for i in range(100000) %}{% if ('a' * 1000) is lower %}{% endif %}{% endfor %}",
                "{{ 'a' * 1500000 }}"
            })
    void whatWouldTakeLongOrMuchMemoryIsEnded(String template) {
        assertThatThrownBy(() -> render(template))
                .isInstanceOf(JinjaFailure.class)
                .hasMessageMatching(".*(more than|longer than|at most).*");
    }

    @Test
    void aCharacterOfTwoSurrogatesIsOne() {
        String whale = "\uD83D\uDC33";
        assertThat(
                        render(
                                "{% set w = 'W' %}{{ w[0] }}{{ (w ~ 'x')[::-1] }}{{ (w ~ 'x')[1:] }}{{ ('a' ~ w ~ 'x').find('x') }}{{ w[-1:] }}"
                                        .replace("W", whale)))
                .isEqualTo(whale + "x" + whale + "x2" + whale);
    }

    @Test
    void theLeastNumberIsNoIndexAndHasNoNegative() {
        assertFails("{{ [1][-9223372036854775807 - 1] }}", "too large");
        assertFails("{{ -(-9223372036854775807 - 1) }}", "overflow");
        assertFails("{{ (-9223372036854775807 - 1) // -1 }}", "overflow");
        for (int i = 0; i < 60_000; i++) { // compiled code throws without a message
            assertFails("{{ 2 * 9223372036854775807 }}", "an overflow of 64 bits");
        }
    }

    @Test
    void numbersHaveOneOrder() {
        assertThat(
                        render(
                                "{{ [9007199254740993, 9007199254740992.0, 9007199254740992, true, 0, 0.0] | sort }}"))
                .isEqualTo(
                        "[0, 0.0, True, 9.007199254740992E15, 9007199254740992, 9007199254740993]");
    }

    @Test
    void messagesStayShort() {
        assertThatThrownBy(() -> render("{{ " + "x".repeat(100_000) + ".y }}"))
                .satisfies(
                        failure ->
                                assertThat(String.valueOf(failure.getMessage()))
                                        .hasSizeLessThan(600));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"(", "[", "{", "not ", "-", "a[", "a(", "n if ", "'a' ~ (", "{1:", "a|b("})
    void aHundredThousandBracketsAreRefused(String bracket) {
        assertThatThrownBy(() -> render("{{ " + bracket.repeat(100_000)))
                .isInstanceOf(JinjaFailure.class);
        assertThatThrownBy(() -> render("{{ " + bracket.repeat(100_000) + "1 }}"))
                .isInstanceOf(JinjaFailure.class);
    }

    @Test
    void deepStatementsAndLongChainsAreRefused() {
        assertFails("{% if 1 %}".repeat(50_000), "nested deeper than");
        assertFails("{% for a in list %}".repeat(20_000), "nested deeper than");
        assertFails("{{ 1" + " + 1".repeat(100_000) + " }}", "nested deeper than");
        assertFails("{{ s" + ".a".repeat(100_000) + " }}", "nested deeper than");
        assertFails("{{ s" + "|trim".repeat(100_000) + " }}", "nested deeper than");
        assertFails("{{ s" + "[0]".repeat(100_000) + " }}", "nested deeper than");
        assertThat(render("{{ 1" + " + 1".repeat(100) + " }}")).isEqualTo("101");
    }

    @Test
    void tenMegabytesAreRefusedAtOnce() {
        assertFails("a".repeat(10_000_000), "10,000,000 characters; expected at most 1,048,576");
        assertThat(render("a".repeat(1_000_000))).hasSize(1_000_000);
        assertThat(render("{{ 1 }}".repeat(100_000))).hasSize(100_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ s.__class__ }}",
                "{{ s['__class__'] }}",
                "{{ s.__class__.__mro__[1].__subclasses__() }}",
                "{{ d.__init__.__globals__ }}",
                "{{ namespace.__init__ }}",
                "{{ list | map(attribute='__class__') | list }}",
                "{{ s | attr('__class__') }}",
                "{{ ''._private }}"
            })
    void pythonsInnardsAreNotAllowed(String template) {
        assertFails(template, "not allowed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ s.getClass() }}",
                "{{ s.class.forName('java.lang.Runtime') }}",
                "{{ d.getClass().forName('java.lang.Runtime').getRuntime().exec('id') }}",
                "{{ n.class.protectionDomain }}",
                "{{ list.getClass() }}",
                "{{ ____int3rpr3t3r____.config }}",
                "{{ s.format(d) }}",
                "{{ d.update({'a': 1}) }}",
                "{{ list.append(1) }}",
                "{{ self._TemplateReference__context }}",
                "{{ cycler.x.y }}",
                "{{ open('/etc/passwd').read() }}",
                "{{ lipsum.globals.os }}"
            })
    void nothingOfJavaOrPythonIsThere(String template) {
        assertThatThrownBy(() -> render(template)).isInstanceOf(JinjaFailure.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% include 'x' %}",
                "{% import 'os' as os %}",
                "{% from 'x' import y %}",
                "{% extends 'x' %}",
                "{% block a %}{% endblock %}",
                "{% do s %}",
                "{% for a in list recursive %}{% endfor %}"
            })
    void otherFilesAreNotAllowed(String template) {
        assertFails(template, "not allowed in a chat template");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "{{ s | nosuch }} # there is no filter 'nosuch'",
                "{{ s is nosuch }} # there is no test 'nosuch'",
                "{% nosuch %} # there is no statement 'nosuch'",
                "{{ nosuch() }} # 'nosuch' is undefined ('nosuch'); it cannot be called",
                "{{ nosuch.field }} # 'nosuch' is undefined; it has no 'field'",
                "{{ s + 1 }} # a string + a whole number has no meaning",
                "{{ 1 / 0 }} # a division by zero",
                "{{ 1 // 0 }} # 1 // 0: a division by zero",
                "{{ 1 % 0 }} # 1 % 0: a division by zero",
                "{{ 9223372036854775807 + 1 }} # overflow",
                "{{ 99999999999999999999 }} # too large a number",
                "{{ s < 1 }} # have no order",
                "{% for a in 3 %}{% endfor %} # one cannot loop over a whole number",
                "{% set s.a = 1 %} # only a namespace's fields can be set",
                "{{ 'a }} # a string is not closed",
                "{{ s # a tag is not closed",
                "{% if s %} # found the end of the template; expected {% elif or else or endif %}",
                "{% endif %} # there is no statement 'endif'",
                "{{ }} # found the end of the tag; expected an expression",
                "{{ s[::0] }} # a slice has the step 0",
                "{{ s.split('') }} # split has an empty separator",
                "{{ namespace(a=1) | tojson }} # a namespace cannot be written as JSON",
                "{{ strftime_now('%Q') }} # strftime_now does not know %Q"
            })
    void whatIsWrongIsSaid(String template, String message) {
        assertFails(template, message);
    }

    @Test
    void theLineOfAFailureIsNamed() {
        assertFails("\n\n{{ s + 1 }}", "line 3: ");
        assertFails("\n{% if %}", "line 2: ");
    }

    @Test
    void whatTheTemplateRefusesIsToldApart() {
        assertThatThrownBy(() -> render("{{ raise_exception('no system role') }}"))
                .isInstanceOfSatisfying(
                        JinjaFailure.class,
                        failure -> {
                            assertThat(failure.raised()).isTrue();
                            assertThat(failure).hasMessage("no system role");
                        });
    }

    @Test
    void anyMixOfPiecesRendersOrFailsTyped() {
        List<String> pieces =
                List.of(
                        "{{",
                        "}}",
                        "{%",
                        "%}",
                        "{#",
                        "#}",
                        "-",
                        "+",
                        "if",
                        "else",
                        "endif",
                        "for",
                        "in",
                        "endfor",
                        "set",
                        "endset",
                        "macro",
                        "endmacro",
                        "call",
                        "endcall",
                        "filter",
                        "raw",
                        "endraw",
                        " a ",
                        " s ",
                        " n ",
                        " list ",
                        " d ",
                        "'",
                        "\"",
                        "\\",
                        "(",
                        ")",
                        "[",
                        "]",
                        "{",
                        "}",
                        ":",
                        ",",
                        ".",
                        "|",
                        "~",
                        "=",
                        "==",
                        "is",
                        "not",
                        "and",
                        "or",
                        "1",
                        "2.5",
                        "loop",
                        ".index",
                        "|tojson",
                        "|join",
                        ".split(",
                        "range(",
                        "namespace(",
                        "\n",
                        " ",
                        "é",
                        "\uD83D\uDC33",
                        "%",
                        "**",
                        "//");
        Cases.forAll(
                5_000,
                random -> {
                    StringBuilder template = new StringBuilder();
                    for (int left = random.nextInt(14); left > 0; left--) {
                        if (random.nextInt(4) == 0) {
                            template.append(random.nextBoolean() ? "{{ " : "{% ");
                        }
                        template.append(pieces.get(random.nextInt(pieces.size())));
                        if (random.nextInt(5) == 0) {
                            template.append(random.nextBoolean() ? " }}" : " %}");
                        }
                    }
                    long from = System.nanoTime();
                    try {
                        render(template.toString());
                    } catch (JinjaFailure typed) {
                        assertThat(typed).hasMessageNotContaining("null");
                    }
                    assertThat(Duration.ofNanos(System.nanoTime() - from))
                            .isLessThan(Duration.ofSeconds(60));
                });
    }

    @Test
    void foreignTextStaysForeignHoweverItIsChanged() {
        List<String> ways =
                List.of(
                        "{{ s }}",
                        "{{ s.strip() }}",
                        "{{ s.split('x')[1] }}",
                        "{{ s | upper }}",
                        "{{ s[1:-1] }}",
                        "{{ s[::-1] }}",
                        "{{ s.replace('x', 'y') }}",
                        "{{ s ~ '' }}",
                        "{{ [s] | join('') }}",
                        "{{ s | tojson }}",
                        "{{ [s] }}",
                        "{{ s | indent }}",
                        "{{ s | list | join }}",
                        "{{ {'a': s} }}",
                        "{{ s | e }}",
                        "{{ s | title }}",
                        "{% set q %}{{ s }}{% endset %}{{ q }}",
                        "{{ s * 2 }}",
                        "{{ s | reverse }}",
                        "{% filter lower %}{{ s }}{% endfilter %}",
                        "{{ s.splitlines() | first }}",
                        "{% for c in s %}{{ c }}{% endfor %}",
                        "{{ {s: 1} | items | first | first }}",
                        "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(s) }}",
                        "{{ s | default('') }}");
        Map<String, Value> context = Map.of("s", Text.foreign("<axbxc>"));
        for (String way : ways) {
            Text text = Jinja.parse(way, Clock.systemUTC()).render(context, new Budget(10));
            StringBuilder foreign = new StringBuilder();
            for (Text.Run run : text.runs()) {
                if (run.foreign()) {
                    foreign.append(run.text());
                } else {
                    assertThat(run.text().toLowerCase(java.util.Locale.ROOT))
                            .as(way)
                            .doesNotContainPattern("[a-cx<>]");
                }
            }
            assertThat(foreign).as(way).isNotEmpty();
        }
    }
}

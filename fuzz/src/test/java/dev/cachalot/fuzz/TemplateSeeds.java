package dev.cachalot.fuzz;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Small chat templates that together use all of the language, and its words. */
final class TemplateSeeds {
    static final String CHATML =
            """
                    {%- if tools %}{{ '<|im_start|>system\\n' }}{% for tool in tools %}{{ tool | tojson }}{% endfor %}<|im_end|>
                    {% endif -%}
                    {% for m in messages %}{% if m.role == 'user' or loop.first %}{{ '<|im_start|>' + m['role'] + '\\n' + m.content + '<|im_end|>' + '\\n' }}
                    {%- elif m.role == "assistant" %}<|im_start|>assistant
                    {{ m.content.split('</think>')[-1].lstrip('\\n') }}{% for call in m.tool_calls %}<tool_call>
                    {"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}
                    </tool_call>{% endfor %}<|im_end|>
                    {% else %}<tool_response>{{ m.content }}</tool_response>{% endif %}{% endfor %}
                    {% if add_generation_prompt %}<|im_start|>assistant
                    {% if not enable_thinking %}{{ '<think>\\n\\n</think>\\n\\n' }}{% endif %}{% endif %}""";

    static final Map<String, String> SOURCES =
            Map.of(
                    "chatml",
                    CHATML,
                    "deepseek",
                    "{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}"
                            + "{% set ns = namespace(text='', first=true) %}{% for m in messages %}"
                            + "{% if m['role'] == 'system' %}{% set ns.text = ns.text + ('' if ns.first else '\\n\\n')"
                            + " + m['content'] %}{% set ns.first = false %}{% endif %}{% endfor %}"
                            + "{{ bos_token }}{{ ns.text }}{% for message in messages %}"
                            + "{% if message['role'] == 'user' %}{{ '<｜User｜>' + message['content'] }}"
                            + "{% elif message['role'] == 'assistant' and message['content'] is not none %}"
                            + "{{ '<｜Assistant｜>' + message['content'] + eos_token }}{% endif %}{% endfor %}"
                            + "{% if add_generation_prompt %}{{ '<｜Assistant｜><think>\\n' }}{% endif %}",
                    "macros",
                    """
                    {% macro m(a, b='z') -%}[{{ a }}{{ b }}{{ caller() if caller is defined }}]{%- endmacro %}
                    {% call m(1, b=messages[0].content) %}in{% endcall %}
                    {% set a, b = 'k:v'.split(':', 1) %}{% set block %}{{ a }}{{ b | upper }}{% endset %}{{ block | length }}
                    {% filter upper | trim %}abc {{ m('x') }}{% endfilter %}{% with c = 1, d = [2, (3,)] %}{{ c ~ d[1][0] }}{% endwith %}
                    {# comment #}{% raw %}{{ not }}{% endraw %}{% generation %}x{% endgeneration %}""",
                    "loops",
                    """
                    {% for i in range(1, 9, 2) if i is odd %}{% if i == 7 %}{% break %}{% elif i > 3 %}{% continue %}{% endif %}{{ loop.index }}{{ loop.revindex0 }}{{ loop.cycle('a', 'b') }}{{ loop.previtem | default('-') }}{% else %}none{% endfor %}
                    {% for k, v in {'a': 1, 'b': [none, true]}.items() %}{{ k }}={{ v }}{{ loop.last }}{% endfor %}
                    {% for k, v in tools[0].function | dictsort %}{{ k }}{% endfor %}{{ messages[::-1][0].role }}{{ messages[1:-1] | length }}""",
                    "filters",
                    "{{ messages | map(attribute='role') | unique | sort(reverse=true) | join(', ') }}"
                            + "{{ messages | selectattr('role', 'equalto', 'user') | list | last | tojson(indent=2) }}"
                            + "{{ messages | rejectattr('tool_calls') | map(attribute='content') | map('trim') | list }}"
                            + "{{ [3, 1, 2.5, true] | sort | first }}{{ [1, 2] | sum + [3, 4] | max }}{{ 'a b' | title | replace('A', 'b', 1) | indent(2, true) }}"
                            + "{{ '12' | int + '1.5' | float | round(1) | abs }}{{ \"<&>'\" | e }}{{ 'a b c' | wordcount }}{{ missing | d('x', true) | capitalize | reverse }}{{ messages | tojson(sort_keys=true) }}",
                    "methods",
                    "{{ ' x '.strip() ~ 'xxaxx'.rstrip('x') ~ 'a,b'.rsplit(',', 1) ~ 'a\\nb'.splitlines() }}"
                            + "{{ 'ab'.startswith(('q', 'a')) and 'ab'.endswith('b') }}{{ 'banana'.count('an') + 'banana'.find('n') - 'x'.rfind('n') }}"
                            + "{{ '-'.join(['a', 'b']).removeprefix('a').removesuffix('b') }}{{ 'x1'.isalnum() or 'x'.isdigit() or ' '.isspace() }}"
                            + "{{ {'k': 1}.get('q', 5) }}{{ {'k': 1}.keys() | list }}{{ strftime_now('%d %b %Y %-d %H:%M') }}{{ 'hello'[::-1][1:3] }}",
                    "operators",
                    "{{ 1 + 2 * 3 - 4 / 2 // 1 % 5 ** 2 }}{{ 'a' * 3 }}{{ [1] + [2] }}{{ 1 < 2 <= 3 != 4 >= 5 == true }}"
                            + "{{ 'b' in {'b': 1} and 3 not in [3] }}{{ none is none or 1.5 is float and x is undefined }}"
                            + "{{ 4 is divisibleby(2) }}{{ 'a' is in ['a'] }}{{ -7 // 2 }}{{ 1e3 }}{{ 'it\\'s \\u00e9\\x41' }}{{ [1,[2,{'z':3}]] == [1,[2]] }}"
                            + "{{ raise_exception('No ' + messages[0].role) if messages | length > 99 }}{{ dict(a=1).a }}");

    static final Set<String> WORDS = words();

    private static Set<String> words() {
        Set<String> words = new LinkedHashSet<>(List.of(Parts.SEPARATOR, "{{ ", " }}"));
        for (String statement :
                List.of(
                        "if x",
                        "elif x",
                        "else",
                        "endif",
                        "for x in",
                        "endfor",
                        "set x =",
                        "set x",
                        "endset",
                        "macro x(",
                        "endmacro",
                        "call x(",
                        "endcall",
                        "filter x",
                        "endfilter",
                        "with x=1",
                        "endwith",
                        "raw",
                        "endraw",
                        "break",
                        "continue",
                        "generation",
                        "include 'x'")) {
            words.add("{% " + statement + " %}");
            words.add("{%- " + statement + " -%}");
        }
        words.addAll(
                List.of(
                        "namespace(",
                        "range(100000)",
                        "range(",
                        "dict(",
                        "raise_exception(",
                        "strftime_now(",
                        "loop.",
                        "caller()",
                        "messages",
                        "messages[0]",
                        ".content",
                        "['role']",
                        ".tool_calls",
                        ".function.arguments",
                        "tools",
                        "bos_token",
                        "eos_token",
                        "add_generation_prompt",
                        ".split('",
                        ".rsplit(",
                        ".strip(",
                        ".replace(",
                        ".startswith(",
                        ".join(",
                        ".items()",
                        ".get(",
                        ".title()",
                        ".count(",
                        ".find(",
                        "|tojson",
                        "|tojson(indent=",
                        "|map('",
                        "|map(attribute='",
                        "|selectattr('",
                        "|select('",
                        "|sort",
                        "|unique",
                        "|join",
                        "|list",
                        "|length",
                        "|trim",
                        "|indent(",
                        "|replace(",
                        "|default(",
                        "|int",
                        "|float",
                        "|round(",
                        "|dictsort",
                        "|items",
                        "|sum",
                        "|min",
                        "|max",
                        "|reverse",
                        "|first",
                        "|last",
                        "|wordcount",
                        "|escape",
                        " is defined",
                        " is none",
                        " is string",
                        " is mapping",
                        " is in ",
                        " is divisibleby ",
                        " not in ",
                        " if ",
                        " else ",
                        "[::-1]",
                        "[-1]",
                        "[1:]",
                        "**",
                        "//",
                        "~",
                        "9223372036854775807",
                        "-9223372036854775807-1",
                        "1e308",
                        "1_0",
                        "\\u0000",
                        "\\ud83d",
                        "\\U0010ffff",
                        "\\x",
                        "{#",
                        "#}",
                        "*99999",
                        "<｜User｜>",
                        "<|im_start|>"));
        return words;
    }

    private TemplateSeeds() {}
}

package dev.cachalot.tokenizer.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same templates, rendered by Jinja2 for Python. */
class JinjaGoldenTest {
    private static final JsonNode GOLDEN = golden();

    private static JsonNode golden() {
        try (InputStream in = JinjaGoldenTest.class.getResourceAsStream("jinja2-golden.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(in));
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    static Stream<Arguments> cases() {
        return GOLDEN.get("cases")
                .valueStream()
                .map(
                        one ->
                                Arguments.of(
                                        one.get("template").textValue(),
                                        one.get("expected").textValue()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rendersAsJinja2Does(String template, String expected) {
        Map<String, Value> context = new HashMap<>();
        GOLDEN.get("context")
                .properties()
                .forEach(e -> context.put(e.getKey(), value(e.getValue())));
        Text rendered = Jinja.parse(template, Clock.systemUTC()).render(context, new Budget(1000));
        assertThat(rendered.value()).isEqualTo(expected);
    }

    private static Value value(JsonNode json) {
        return switch (json.getNodeType()) {
            case OBJECT -> {
                Map<String, Value> entries = new LinkedHashMap<>();
                json.properties().forEach(e -> entries.put(e.getKey(), value(e.getValue())));
                yield new Value.Dict(entries);
            }
            case ARRAY -> {
                List<Value> values = new ArrayList<>();
                json.forEach(element -> values.add(value(element)));
                yield new Value.Items(values);
            }
            case STRING -> Text.foreign(json.textValue());
            case BOOLEAN -> Value.of(json.booleanValue());
            case NUMBER ->
                    json.isIntegralNumber()
                            ? new Value.Int(json.longValue())
                            : new Value.Real(json.doubleValue());
            default -> Value.NONE;
        };
    }
}

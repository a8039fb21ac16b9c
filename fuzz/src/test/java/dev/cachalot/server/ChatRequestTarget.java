package dev.cachalot.server;

import dev.cachalot.chat.ChatService;
import dev.cachalot.engine.SamplingParameters;
import dev.cachalot.fuzz.Target;
import dev.cachalot.tokenizer.BytePairTokenizer;
import dev.cachalot.tokenizer.BytePairTrainer;
import dev.cachalot.tokenizer.DeepSeekTokens;
import dev.cachalot.tokenizer.DeepSeekV31Template;
import dev.cachalot.tokenizer.PreTokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The body of a request for a completion. */
public final class ChatRequestTarget implements Target {
    private @Nullable ChatRequestReader reader; // made when first needed

    private static ServedModel model() {
        BytePairTokenizer tokenizer =
                new BytePairTokenizer(
                        new BytePairTrainer(
                                        280, PreTokenizer.named("cachalot"), DeepSeekTokens.CHAT)
                                .train(Stream.of("a b c")));
        ChatService chat =
                new ChatService(
                        _ -> {
                            throw new AssertionError("nothing is generated here");
                        },
                        tokenizer,
                        new DeepSeekV31Template(tokenizer),
                        "m",
                        true);
        return new ServedModel(
                "m", chat, 64, new SamplingParameters(0.6f, 1, 0, 0, 1, OptionalLong.empty()));
    }

    @Override
    public String name() {
        return "chat-request";
    }

    @Override
    public void read(byte[] input) {
        ChatRequestReader known = reader;
        if (known == null) {
            known = new ChatRequestReader(ModelCatalog.of(model()));
            reader = known;
        }
        ChatRequest request = known.read(Json.object(input));
        if (request.options().maxTokens() < 1) {
            throw new AssertionError("maxTokens is " + request.options().maxTokens());
        }
    }

    @Override
    public Set<Class<? extends Exception>> refusals() {
        return Set.of(ApiException.class);
    }

    @Override
    public Map<String, byte[]> seeds() {
        return Map.of(
                "short",
                        """
                        {"model":"m","messages":[{"role":"user","content":"hi"}]}"""
                                .getBytes(StandardCharsets.UTF_8),
                "long",
                        """
                        {"model": "m", "messages": [{"role": "system", "content": "s"},
                          {"role": "user", "content": [{"type": "text", "text": "ü"}]},
                          {"role": "assistant", "content": "a", "reasoning_content": "r"},
                          {"role": "user", "content": "\\ud83e\\udd99"}],
                         "temperature": 0.5, "top_p": 0.9, "top_k": 3, "min_p": 0.1, "seed": -4,
                         "max_tokens": 5, "max_completion_tokens": 7, "stop": ["x", "yy"], "n": 1,
                         "stream": true, "stream_options": {"include_usage": true}, "logprobs": false,
                         "reasoning_effort": "low", "thinking": {"type": "enabled"}, "tools": [],
                         "response_format": {"type": "text"}, "repetition_penalty": 1.1}"""
                                .getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Set<String> words() {
        return Set.of(
                "\"role\":\"tool\"",
                "\"tool_calls\":[{",
                "\"function\":{",
                "\"arguments\":\"",
                "null",
                "1e400",
                "-1",
                "\"tool_choice\":",
                "\"type\":\"image_url\"",
                "\\ud800",
                "9223372036854775808",
                "1e-400",
                "\"stop\":");
    }
}

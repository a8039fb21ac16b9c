package dev.cachalot.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cachalot.engine.ComputationFailedException;
import dev.cachalot.engine.ContextOverflowException;
import dev.cachalot.engine.GenerationException;
import dev.cachalot.engine.OverloadedException;
import dev.cachalot.engine.StoppedException;
import java.util.Optional;

/** A refusal as a client sees it: status and OpenAI's error object. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final String param; // empty where no field is to blame

    private ApiException(int status, String code, String param, String message) {
        super(message);
        this.status = status;
        this.code = code;
        this.param = param;
    }

    /** A field has a value that it must not have. */
    static ApiException invalid(String param, String message) {
        return new ApiException(400, "invalid_value", param, message);
    }

    static ApiException modelNotFound(String message) {
        return new ApiException(404, "model_not_found", "model", message);
    }

    /**
     * The body cannot be read from some place on; {@code param} is empty where no field is open.
     */
    static ApiException malformed(String code, String param, String message) {
        return new ApiException(400, code, param, message);
    }

    /** Nothing in the body is to blame. */
    static ApiException of(int status, String code, String message) {
        return new ApiException(status, code, "", message);
    }

    static ApiException stopping() {
        return of(503, "server_stopping", "the server is stopping; try again in a moment");
    }

    static ApiException overloaded(String message) {
        return of(429, "overloaded", message);
    }

    /** What a refusal of the engine is over HTTP; the list is complete. */
    static ApiException of(GenerationException refusal) {
        return switch (refusal) {
            case ContextOverflowException e ->
                    new ApiException(
                            400,
                            "context_length_exceeded",
                            "messages",
                            ("messages has %d tokens; the context holds %d, the answer included:"
                                            + " send less of the conversation")
                                    .formatted(e.promptTokens(), e.contextLength()));
            case OverloadedException _ ->
                    overloaded("the queue of answers is full; try again in a moment");
            case ComputationFailedException _ ->
                    of(500, "generation_failed", "the model could not be computed; see the log");
            case StoppedException _ -> stopping();
        };
    }

    int status() {
        return status;
    }

    /** Seconds after which to try again. */
    Optional<String> retryAfter() {
        return switch (status) {
            case 429 -> Optional.of("1");
            case 503 -> Optional.of("5");
            default -> Optional.empty();
        };
    }

    /** OpenAI's {@code {"error": {"message", "type", "param", "code"}}}. */
    ObjectNode json() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ObjectNode error = body.putObject("error");
        error.put("message", getMessage());
        error.put(
                "type",
                switch (status) {
                    case 429 -> "rate_limit_error";
                    case 500, 503 -> "server_error";
                    default -> "invalid_request_error";
                });
        error.put("param", param.isEmpty() ? null : param);
        error.put("code", code);
        return body;
    }
}

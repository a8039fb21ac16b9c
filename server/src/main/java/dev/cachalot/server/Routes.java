package dev.cachalot.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.util.function.Supplier;

/** From method and path to what answers, and from what goes wrong to an error in JSON. */
final class Routes {
    private static final System.Logger LOG = System.getLogger(Routes.class.getName());

    private final Supplier<Guard> guard;
    private final ModelCatalog catalog;
    private final OpenChats chats;
    private final ChatEndpoint chat;
    private final WebPage page = new WebPage();

    /**
     * @param guard known once the port is
     */
    Routes(ServerConfig config, Supplier<Guard> guard, ModelCatalog catalog, OpenChats chats) {
        this.guard = guard;
        this.catalog = catalog;
        this.chats = chats;
        this.chat = new ChatEndpoint(config, catalog, chats);
    }

    void handle(ServerRequest request, ServerResponse response) {
        response.header("X-Content-Type-Options", "nosniff")
                .header("X-Frame-Options", "DENY")
                .header("Referrer-Policy", "no-referrer")
                .header("Cross-Origin-Resource-Policy", "same-origin")
                .header("Cross-Origin-Opener-Policy", "same-origin")
                .header(HeaderNames.CACHE_CONTROL, "no-store");
        boolean last = request.headers().containsToken(HeaderValues.CONNECTION_CLOSE);
        try {
            guard.get().check(request);
            dispatch(request, response);
        } catch (ApiException refusal) {
            refuse(refusal, response);
            last |= refusal.status() == 413; // the rest of the body is not read
        } catch (UncheckedIOException gone) {
            throw new CloseConnectionException("the client has gone", gone);
        } catch (CloseConnectionException gone) {
            throw gone;
        } catch (RuntimeException failure) {
            if (response.isSent() || response.bytesWritten() > 0) {
                throw new CloseConnectionException("the response cannot be completed", failure);
            }
            LOG.log(Level.ERROR, "a request failed", failure);
            refuse(
                    ApiException.of(500, "internal_error", "the server failed; see its log"),
                    response);
        }
        if (last) { // said in the header and left undone by the HTTP library
            throw new CloseConnectionException("the last response of this connection is sent");
        }
    }

    private void dispatch(ServerRequest request, ServerResponse response) {
        String path = request.path().path();
        switch (path) {
            case "/v1/chat/completions", "/chat/completions" -> {
                allow(Method.POST, request, response);
                chat.handle(request, response);
            }
            case "/v1/models", "/models" -> {
                allow(Method.GET, request, response);
                send(Status.OK_200, models(), response);
            }
            case "/health" -> {
                allow(Method.GET, request, response);
                health(response);
            }
            default -> {
                if (page.has(path)) {
                    allow(Method.GET, request, response);
                }
                if (!page.send(path, response)) {
                    throw ApiException.of(
                            404,
                            "not_found",
                            "there is nothing at this path; there is /, /v1/chat/completions,"
                                    + " /v1/models and /health");
                }
            }
        }
    }

    private static void allow(Method method, ServerRequest request, ServerResponse response) {
        if (!request.prologue().method().equals(method)) {
            response.header(HeaderNames.ALLOW, method.text());
            throw ApiException.of(
                    405,
                    "method_not_allowed",
                    "this path takes " + method.text() + ", and no other method");
        }
    }

    private ObjectNode models() {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("object", "list");
        ArrayNode data = body.putArray("data");
        for (ServedModel model : catalog.models()) {
            data.addObject()
                    .put("id", model.id())
                    .put("object", "model")
                    .put("owned_by", "cachalot")
                    .put("context_length", model.contextLength())
                    .put("thinking", model.chat().canThink());
        }
        return body;
    }

    private void health(ServerResponse response) {
        boolean stopping = chats.closing();
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("status", stopping ? "stopping" : "ok");
        ArrayNode models = body.putArray("models");
        catalog.models().forEach(model -> models.add(model.id()));
        send(stopping ? Status.SERVICE_UNAVAILABLE_503 : Status.OK_200, body, response);
    }

    private static void refuse(ApiException refusal, ServerResponse response) {
        refusal.retryAfter()
                .ifPresent(seconds -> response.header(HeaderNames.RETRY_AFTER, seconds));
        if (refusal.status() == 413) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
        send(Status.create(refusal.status()), refusal.json(), response);
    }

    private static void send(Status status, ObjectNode body, ServerResponse response) {
        response.status(status)
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .send(Json.bytes(body));
    }
}

package dev.cachalot.server;

import dev.cachalot.chat.ChatStream;
import dev.cachalot.engine.GenerationException;
import dev.cachalot.tokenizer.ChatTemplateException;
import dev.cachalot.tokenizer.InvalidConversationException;
import dev.cachalot.tokenizer.InvalidTextException;
import dev.cachalot.tokenizer.TokenizerFormatException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The answers that are being written: so many at once, and none once the server is closing. */
final class OpenChats {
    private final int most;
    private final Semaphore places;
    private final Set<ChatStream> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    OpenChats(int most) {
        this.most = most;
        this.places = new Semaphore(most);
    }

    /**
     * Starts an answer; it holds a place until {@link #close}.
     *
     * @throws ApiException when it is refused
     */
    ChatStream open(ChatRequest request) {
        if (closing) {
            throw ApiException.stopping();
        }
        if (!places.tryAcquire()) {
            throw ApiException.overloaded(
                    "%d answers are being written, and no more are taken; try again in a moment"
                            .formatted(most));
        }
        ChatStream stream = null;
        try {
            stream = request.model().chat().open(request.conversation(), request.options());
            streams.add(stream);
            return stream;
        } catch (GenerationException e) {
            throw ApiException.of(e);
        } catch (InvalidConversationException | InvalidTextException | ChatTemplateException e) {
            throw ApiException.invalid("messages", "messages: " + e.getMessage());
        } catch (TokenizerFormatException e) {
            throw ApiException.invalid(
                    "messages", "messages has a role that this model has no form for: tool");
        } finally {
            if (stream == null) {
                places.release();
            }
        }
    }

    /** Ends an answer, written or not. */
    void close(ChatStream stream) {
        stream.close();
        if (streams.remove(stream)) {
            places.release();
        }
    }

    boolean closing() {
        return closing;
    }

    /** Takes no more answers, gives the open ones that time and cancels the rest. */
    void drain(Duration time) {
        closing = true;
        try {
            if (places.tryAcquire(most, time.toNanos(), TimeUnit.NANOSECONDS)) {
                places.release(most);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        streams.forEach(ChatStream::close);
    }
}

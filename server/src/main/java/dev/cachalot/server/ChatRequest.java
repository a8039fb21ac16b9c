package dev.cachalot.server;

import dev.cachalot.chat.ChatOptions;
import dev.cachalot.tokenizer.Conversation;

/**
 * A chat completion as asked for.
 *
 * @param stream whether to answer piece by piece
 * @param includeUsage whether a stream ends with a chunk of its own for the usage
 */
record ChatRequest(
        ServedModel model,
        Conversation conversation,
        ChatOptions options,
        boolean stream,
        boolean includeUsage) {}

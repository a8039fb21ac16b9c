/**
 * The server room: OpenAI's and DeepSeek's chat completions over HTTP, and the page that speaks
 * them. Wire formats only; what an answer is belongs to the chat room.
 */
@org.jspecify.annotations.NullMarked
package dev.cachalot.server;

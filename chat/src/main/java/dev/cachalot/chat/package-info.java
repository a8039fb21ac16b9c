/**
 * Conversation in, deltas out: the only bridge between text and token ids. Speaks neither HTTP nor
 * tensors.
 */
@org.jspecify.annotations.NullMarked
package dev.cachalot.chat;

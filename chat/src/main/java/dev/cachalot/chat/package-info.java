/** The chat room. */
@org.jspecify.annotations.NullMarked
package dev.cachalot.chat;

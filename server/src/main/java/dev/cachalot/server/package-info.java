/** The server room. */
@org.jspecify.annotations.NullMarked
package dev.cachalot.server;

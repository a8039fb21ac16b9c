/** The engine room. */
@org.jspecify.annotations.NullMarked
package dev.cachalot.engine;

/** The checkpoint room. */
@org.jspecify.annotations.NullMarked
package dev.cachalot.checkpoint;

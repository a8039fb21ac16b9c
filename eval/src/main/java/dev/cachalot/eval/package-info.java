/** The eval room. */
@org.jspecify.annotations.NullMarked
package dev.cachalot.eval;

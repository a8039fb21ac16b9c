/** The library room. */
@org.jspecify.annotations.NullMarked
package dev.cachalot.library;

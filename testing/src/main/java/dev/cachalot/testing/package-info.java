/** The testing room. */
@org.jspecify.annotations.NullMarked
package dev.cachalot.testing;

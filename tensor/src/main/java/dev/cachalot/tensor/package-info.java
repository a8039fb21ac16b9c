/** The tensor room. */
@org.jspecify.annotations.NullMarked
package dev.cachalot.tensor;

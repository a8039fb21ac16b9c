/** The train room. */
@org.jspecify.annotations.NullMarked
package dev.cachalot.train;

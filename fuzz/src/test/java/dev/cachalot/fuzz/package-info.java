/** Readers of files and requests that nobody vouches for, under attack. */
@org.jspecify.annotations.NullMarked
package dev.cachalot.fuzz;

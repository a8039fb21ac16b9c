/** The tasks room. */
@org.jspecify.annotations.NullMarked
package dev.cachalot.tasks;

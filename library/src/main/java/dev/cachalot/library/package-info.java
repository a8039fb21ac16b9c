/** The library room: models on disk, found by name and made ready to run. */
@org.jspecify.annotations.NullMarked
package dev.cachalot.library;

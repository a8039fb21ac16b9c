/** From one format, dialect and type of weights to another. */
@NullMarked
package dev.cachalot.library.convert;

import org.jspecify.annotations.NullMarked;

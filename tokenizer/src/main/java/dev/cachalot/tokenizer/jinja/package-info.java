/** Jinja as chat templates use it: a small interpreter that can reach nothing outside. */
@org.jspecify.annotations.NullMarked
package dev.cachalot.tokenizer.jinja;

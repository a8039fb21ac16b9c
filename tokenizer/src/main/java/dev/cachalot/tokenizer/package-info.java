/** The tokenizer room. */
@org.jspecify.annotations.NullMarked
package dev.cachalot.tokenizer;

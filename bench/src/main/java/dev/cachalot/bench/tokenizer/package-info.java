/** Benchmarks of the tokenizer room, on published vocabularies. */
@org.jspecify.annotations.NullMarked
package dev.cachalot.bench.tokenizer;

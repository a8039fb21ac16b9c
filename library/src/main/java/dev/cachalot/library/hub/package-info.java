/**
 * Fetching models over the Hugging Face HTTP interface: the only place of the house that connects
 * to anything outside this machine.
 */
@org.jspecify.annotations.NullMarked
package dev.cachalot.library.hub;

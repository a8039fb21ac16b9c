/**
 * Machine code written at run time: an assembler for x86-64, the pages its bytes run from and the
 * features of the CPU. Not exported.
 */
@org.jspecify.annotations.NullMarked
package dev.cachalot.tensor.assembly;

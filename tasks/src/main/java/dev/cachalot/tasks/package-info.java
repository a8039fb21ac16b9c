/**
 * Generated problems with worked reasoning, their verifiers, and the split between training and
 * test.
 *
 * <p>A reasoning is a list of short lines. Each token of it follows from a few earlier tokens: a
 * digit looked up by its place in the latest operand line, or one entry of the tables that a pupil
 * knows by heart.
 */
@org.jspecify.annotations.NullMarked
package dev.cachalot.tasks;

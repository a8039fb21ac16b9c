/** What running a model takes on this machine, and how fast it will be, before it is run. */
@org.jspecify.annotations.NullMarked
package dev.cachalot.library.plan;

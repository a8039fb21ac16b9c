/** The model room. */
@org.jspecify.annotations.NullMarked
package dev.cachalot.model;

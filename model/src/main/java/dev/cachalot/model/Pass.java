package dev.cachalot.model;

import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Workspace;

/** What a forward computes with: kernels, scratch memory, and the trace for a backward pass. */
public record Pass(Kernels kernels, Workspace workspace, ForwardTrace trace) {}

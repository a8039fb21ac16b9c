package dev.cachalot.model;

import dev.cachalot.tensor.Kernels;

/** Carries changed parameters over into prepared weights, layer by layer. */
final class Refresh {

    static void layer(DecoderLayer layer, Kernels kernels) {
        switch (layer.attention()) {
            case Mla mla -> mla(mla, kernels);
            case GroupedQueryAttention grouped -> grouped(grouped, kernels);
        }
        switch (layer.feedForward()) {
            case SwiGlu dense -> swiGlu(dense, kernels);
            case Moe moe -> {
                kernels.refresh(moe.router().weight());
                moe.experts().forEach(expert -> swiGlu(expert, kernels));
                moe.shared().ifPresent(shared -> swiGlu(shared, kernels));
            }
        }
    }

    private static void grouped(GroupedQueryAttention grouped, Kernels kernels) {
        kernels.refresh(grouped.query().linear().weight());
        kernels.refresh(grouped.key().linear().weight());
        kernels.refresh(grouped.value().linear().weight());
        kernels.refresh(grouped.output().linear().weight());
    }

    private static void mla(Mla mla, Kernels kernels) {
        switch (mla.query()) {
            case QueryProjection.Direct(Linear project) -> kernels.refresh(project.weight());
            case QueryProjection.LowRank(Linear down, RmsNorm _, Linear up) -> {
                kernels.refresh(down.weight());
                kernels.refresh(up.weight());
            }
        }
        kernels.refresh(mla.kvDown().weight());
        kernels.refresh(mla.kvUp().weight());
        kernels.refresh(mla.output().weight());
        if (!mla.keyAbsorbed().isEmpty()) {
            AbsorbedWeights.fill(mla.config(), mla.kvUp().weight().source(), mla.keyAbsorbed());
            mla.keyAbsorbed().forEach(kernels::refresh);
            mla.valueUp().forEach(kernels::refresh);
        }
    }

    private static void swiGlu(SwiGlu layer, Kernels kernels) {
        kernels.refresh(layer.gate().weight());
        kernels.refresh(layer.up().weight());
        kernels.refresh(layer.down().weight());
    }

    private Refresh() {}
}

package dev.cachalot.cli;

import dev.cachalot.model.Attention;
import dev.cachalot.model.AttentionConfig;
import dev.cachalot.model.Decoder;
import dev.cachalot.model.DecoderLayer;
import dev.cachalot.model.FeedForward;
import dev.cachalot.model.GroupedQueryAttention;
import dev.cachalot.model.Linear;
import dev.cachalot.model.Mla;
import dev.cachalot.model.Moe;
import dev.cachalot.model.QueryProjection;
import dev.cachalot.model.SwiGlu;
import dev.cachalot.tensor.Tensor;

/**
 * What a model computes and reads for a token: products with the weights that a token uses
 * (experts: those chosen), and attention.
 *
 * @param bodyMacs multiply-adds of one token in all layers, attention to others left out
 * @param headMacs multiply-adds of one row of logits
 * @param bodyBytes bytes of the weights behind {@code bodyMacs}
 * @param headBytes bytes of the weights behind {@code headMacs}
 */
record WorkOfModel(
        Decoder decoder, double bodyMacs, double headMacs, double bodyBytes, double headBytes) {

    private record Part(double macs, double bytes) {
        static final Part NONE = new Part(0, 0);

        static Part of(Linear linear) {
            Tensor source = linear.weight().source();
            double numbers = (double) source.rows() * source.width();
            return new Part(numbers, (double) source.rows() * source.dtype().bytes(source.width()));
        }

        Part plus(Part other) {
            return new Part(macs + other.macs, bytes + other.bytes);
        }

        Part times(double factor) {
            return new Part(macs * factor, bytes * factor);
        }
    }

    static WorkOfModel of(Decoder decoder) {
        Part body = Part.NONE;
        for (DecoderLayer layer : decoder.layers()) {
            body = body.plus(attention(layer.attention())).plus(feedForward(layer.feedForward()));
        }
        Part head = Part.of(decoder.head());
        return new WorkOfModel(decoder, body.macs(), head.macs(), body.bytes(), head.bytes());
    }

    private static Part attention(Attention attention) {
        return switch (attention) {
            case Mla mla -> {
                Part query =
                        switch (mla.query()) {
                            case QueryProjection.Direct(var project) -> Part.of(project);
                            case QueryProjection.LowRank(var down, var _, var up) ->
                                    Part.of(down).plus(Part.of(up));
                        };
                yield query.plus(Part.of(mla.kvDown()))
                        .plus(Part.of(mla.kvUp()))
                        .plus(Part.of(mla.output()));
            }
            case GroupedQueryAttention grouped ->
                    Part.of(grouped.query().linear())
                            .plus(Part.of(grouped.key().linear()))
                            .plus(Part.of(grouped.value().linear()))
                            .plus(Part.of(grouped.output().linear()));
        };
    }

    private static Part feedForward(FeedForward feedForward) {
        return switch (feedForward) {
            case SwiGlu dense -> swiGlu(dense);
            case Moe moe ->
                    Part.of(moe.router())
                            .plus(swiGlu(moe.experts().getFirst()).times(moe.rule().topK()))
                            .plus(moe.shared().map(WorkOfModel::swiGlu).orElse(Part.NONE));
        };
    }

    private static Part swiGlu(SwiGlu layer) {
        return Part.of(layer.gate()).plus(Part.of(layer.up())).plus(Part.of(layer.down()));
    }

    /** Multiply-adds of a prompt of that length (naive attention), one row of logits included. */
    double promptMacs(int tokens) {
        AttentionConfig sizes = decoder.config().attention();
        double pairs = tokens * (tokens + 1.0) / 2;
        double perPair =
                (double) sizes.numAttentionHeads() * (sizes.qkHeadDim() + sizes.vHeadDim());
        return tokens * bodyMacs + headMacs + decoder.layers().size() * pairs * perPair;
    }

    /**
     * Bytes read for one generated token at that many cached ones. Of several sequences at once
     * each counts as if it read its weights alone; what they share makes the share of the bandwidth
     * exceed one.
     */
    double generateBytes(int cached) {
        double latents = (double) decoder.config().cacheLayout().bytesPerToken() * cached;
        return bodyBytes + headBytes + latents;
    }
}

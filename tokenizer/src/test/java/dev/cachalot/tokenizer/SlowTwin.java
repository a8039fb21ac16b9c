package dev.cachalot.tokenizer;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Byte-pair encoding as the paper words it, behind the patterns, for comparison. */
final class SlowTwin {
    private final TokenizerSpec spec;
    private final PreTokenizer preTokenizer;
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<String, Integer> ranks = new HashMap<>();

    SlowTwin(TokenizerSpec spec) {
        this.spec = spec;
        preTokenizer = PreTokenizer.named(spec.preTokenizer());
        for (int id = 0; id < spec.tokens().size(); id++) {
            ids.put(spec.tokens().get(id), id);
        }
        for (String merge : spec.merges()) {
            ranks.putIfAbsent(merge, ranks.size());
        }
    }

    /** The ids of a text in which no added token is looked for. */
    int[] encode(String text) {
        String normal = spec.rules().nfc() ? Normalizer.normalize(text, Normalizer.Form.NFC) : text;
        IdBuffer found = new IdBuffer();
        preTokenizer.splitByPatterns(
                normal,
                0,
                normal.length(),
                (from, to) -> {
                    for (String symbol : symbols(normal.substring(from, to))) {
                        found.add(ids.getOrDefault(symbol, -1));
                    }
                });
        return found.toArray();
    }

    private List<String> symbols(String piece) {
        String whole = ByteSpelling.of(piece.getBytes(StandardCharsets.UTF_8));
        return spec.rules().ignoreMerges() && ids.containsKey(whole)
                ? List.of(whole)
                : merge(piece, ranks);
    }

    /** The symbols of a piece, merged by the ranks of {@code "left right"}. */
    static List<String> merge(String piece, Map<String, Integer> ranks) {
        List<String> symbols = new ArrayList<>();
        for (byte b : piece.getBytes(StandardCharsets.UTF_8)) {
            symbols.add(String.valueOf(ByteSpelling.of(b & 0xFF)));
        }
        while (true) {
            int best = -1;
            int bestRank = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                int rank =
                        ranks.getOrDefault(
                                symbols.get(i) + " " + symbols.get(i + 1), Integer.MAX_VALUE);
                if (rank < bestRank) {
                    best = i;
                    bestRank = rank;
                }
            }
            if (best < 0) {
                return symbols;
            }
            symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
        }
    }
}

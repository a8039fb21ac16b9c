package dev.cachalot.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** SentencePiece's encoding as its paper words it, for comparison: best neighbours first. */
final class SlowPieces {
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<String, Integer> mergeable = new HashMap<>();
    private final List<Float> scores;

    SlowPieces(SentencePieceSpec spec) {
        scores = spec.scores();
        for (int id = 0; id < spec.tokens().size(); id++) {
            String token = spec.tokens().get(id);
            ids.put(token, id);
            if (SentencePieceSpec.byteOf(token) < 0) {
                mergeable.put(token, id);
            }
        }
        spec.addedTokens().forEach(added -> mergeable.remove(added.text()));
    }

    /** The ids of a text that is not empty; a space is put in front. */
    int[] encode(String text) {
        IdBuffer found = new IdBuffer();
        for (String symbol : merged(text)) {
            Integer id = mergeable.get(symbol);
            if (id != null) {
                found.add(id);
                continue;
            }
            for (byte b : symbol.getBytes(StandardCharsets.UTF_8)) {
                found.add(ids.getOrDefault("<0x%02X>".formatted(b), -1));
            }
        }
        return found.toArray();
    }

    private List<String> merged(String text) {
        List<String> symbols = new ArrayList<>();
        ("▁" + text.replace(' ', SentencePieceSpec.SPACE))
                .codePoints()
                .mapToObj(Character::toString)
                .forEach(symbols::add);
        while (true) {
            int best = -1;
            float bestScore = Float.NEGATIVE_INFINITY;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                Integer id = mergeable.get(symbols.get(i) + symbols.get(i + 1));
                if (id != null && scores.get(id) > bestScore) {
                    best = i;
                    bestScore = scores.get(id);
                }
            }
            if (best < 0) {
                return symbols;
            }
            symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
        }
    }
}

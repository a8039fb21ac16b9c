package dev.cachalot.tokenizer;

import dev.cachalot.tokenizer.SentencePieceSpec.ByRank;
import dev.cachalot.tokenizer.SentencePieceSpec.ByScore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The merges of a SentencePiece vocabulary in order, however the file words that order. Added and
 * byte tokens take part in none.
 */
final class SentencePieceMerges {
    /** Longer tokens are refused: all ways of cutting a token in two are looked up. */
    private static final int LONGEST_TOKEN = 256;

    private final SentencePieceSpec spec;
    private final BitSet apart = new BitSet(); // ids of added and byte tokens
    private final Map<String, Integer> ids;

    SentencePieceMerges(SentencePieceSpec spec) {
        this.spec = spec;
        List<String> tokens = spec.tokens();
        for (AddedToken added : spec.addedTokens()) {
            apart.set(added.id());
        }
        ids = HashMap.newHashMap(tokens.size());
        for (int id = 0; id < tokens.size(); id++) {
            apart.set(id, apart.get(id) || SentencePieceSpec.byteOf(tokens.get(id)) >= 0);
            ids.put(tokens.get(id), id);
        }
    }

    /** Whether the token is made of characters and may take part in merges. */
    boolean merges(int id) {
        return !apart.get(id);
    }

    /** The id of a token that may take part in merges, or -1. */
    int id(String token) {
        Integer id = ids.get(token);
        return id == null || apart.get(id) ? -1 : id;
    }

    /** At least the number of merges. */
    int most() {
        if (spec.order() instanceof ByRank(List<String> lines)) {
            return lines.size();
        }
        long most = 0;
        for (String token : spec.tokens()) {
            most += token.length();
        }
        return (int) Math.min(most, 1 << 28);
    }

    /** Gives the sink every merge; equal ranks for equal scores. */
    void forEach(Sink sink) {
        switch (spec.order()) {
            case ByScore(List<Float> scores) -> byScore(scores, sink);
            case ByRank(List<String> lines) -> byRank(lines, sink);
        }
    }

    private void byScore(List<Float> scores, Sink sink) {
        Integer[] order = new Integer[scores.size()];
        Arrays.setAll(order, id -> id);
        Arrays.sort(order, (a, b) -> Float.compare(scores.get(b), scores.get(a)));
        int rank = -1;
        float last = Float.NaN;
        for (int id : order) {
            float score = scores.get(id) + 0f; // minus zero is zero
            if (score != last) {
                rank++;
                last = score;
            }
            if (merges(id)) {
                cut(spec.tokens().get(id), id, rank, sink);
            }
        }
    }

    private void cut(String token, int id, int rank, Sink sink) {
        if (token.length() > LONGEST_TOKEN) {
            throw new TokenizerFormatException(
                    "token %d '%s' has %d characters; expected at most %d"
                            .formatted(
                                    id,
                                    VocabularyCheck.shortened(token),
                                    token.length(),
                                    LONGEST_TOKEN));
        }
        for (int at = 1; at < token.length(); at++) {
            if (!Character.isLowSurrogate(token.charAt(at))) {
                sink.merge(token.substring(0, at), token.substring(at), id, rank);
            }
        }
    }

    private void byRank(List<String> lines, Sink sink) {
        for (int rank = 0; rank < lines.size(); rank++) {
            String line = lines.get(rank);
            int space = line.indexOf(' ');
            if (space < 1 || space == line.length() - 1 || line.indexOf(' ', space + 1) >= 0) {
                throw new TokenizerFormatException(
                        "merge %d is '%s'; expected two tokens with one space between"
                                .formatted(rank, VocabularyCheck.shortened(line)));
            }
            String left = line.substring(0, space);
            String right = line.substring(space + 1);
            int becomes = known(left + right, rank, line);
            if (merges(known(left, rank, line))
                    && merges(known(right, rank, line))
                    && merges(becomes)) {
                sink.merge(left, right, becomes, rank);
            }
        }
    }

    private int known(String token, int rank, String line) {
        Integer id = ids.get(token);
        if (id == null) {
            throw new TokenizerFormatException(
                    "merge %d ('%s') needs the token '%s', which the vocabulary lacks"
                            .formatted(
                                    rank,
                                    VocabularyCheck.shortened(line),
                                    VocabularyCheck.shortened(token)));
        }
        return id;
    }

    /** See {@link SentencePieceSpec#scores}. */
    static List<Float> scores(SentencePieceSpec spec) {
        if (spec.order() instanceof ByScore(List<Float> scores)) {
            return scores;
        }
        SentencePieceMerges merges = new SentencePieceMerges(spec);
        int size = spec.tokens().size();
        float lowest = -merges.most() - 1f;
        List<Float> scores = new ArrayList<>(Collections.nCopies(size, lowest));
        merges.forEach(
                (_, _, becomes, rank) -> {
                    if (scores.get(becomes) == lowest) {
                        scores.set(becomes, -1f - rank);
                    }
                });
        for (int id = 0; id < size; id++) {
            if (!merges.merges(id)) {
                scores.set(id, 0f);
            }
        }
        return scores;
    }

    /** See {@link SentencePieceSpec#merges}. */
    static List<String> lines(SentencePieceSpec spec) {
        if (spec.order() instanceof ByRank(List<String> lines)) {
            return lines;
        }
        SentencePieceMerges merges = new SentencePieceMerges(spec);
        List<String> lines = new ArrayList<>();
        merges.forEach(
                (left, right, _, _) -> {
                    if (merges.id(left) >= 0 && merges.id(right) >= 0) {
                        lines.add(left + " " + right);
                    }
                });
        return lines;
    }

    /** Receives merges in order; left and right may be characters without a token. */
    @FunctionalInterface
    interface Sink {
        void merge(String left, String right, int becomes, int rank);
    }
}

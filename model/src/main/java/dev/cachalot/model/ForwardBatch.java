package dev.cachalot.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Tokens of one forward: chunks of sequences, laid row after row, those computed in naive form
 * first. Immutable.
 */
public final class ForwardBatch {
    private final List<Placed> placed;
    private final int[] ids; // [T]
    private final int[] positions; // [T]
    private final int[] logitRows;
    private final int naiveRows;

    /** How attention is computed; both give the same numbers up to rounding. */
    public enum Form {
        /** Keys and values are expanded from the latents: prompts and training. */
        NAIVE,
        /** Queries are taken into the latents' space: generated tokens, and short chunks. */
        ABSORBED
    }

    /** Which rows of a chunk are followed by the output head. */
    public enum Logits {
        NONE,
        LAST,
        ALL
    }

    /**
     * Consecutive tokens of one sequence.
     *
     * @param sequence the cache's number of it
     * @param ids its tokens; not copied, must not change
     * @param firstPosition position of the first one; the cache holds all before it
     */
    public record Chunk(int sequence, int[] ids, int firstPosition, Form form, Logits logits) {
        public Chunk {
            if (firstPosition < 0) {
                throw new IllegalArgumentException("a chunk starts at position " + firstPosition);
            }
        }
    }

    /**
     * A chunk, its index in the list that made the batch, its first row, and its first row among
     * the logits.
     */
    public record Placed(Chunk chunk, int index, int row, int logitRow) {}

    private ForwardBatch(
            List<Placed> placed, int[] ids, int[] positions, int[] logitRows, int naiveRows) {
        this.placed = placed;
        this.ids = ids;
        this.positions = positions;
        this.logitRows = logitRows;
        this.naiveRows = naiveRows;
    }

    /**
     * A batch of these chunks; the logits of each chunk stay together, in the order of {@link
     * #placed}.
     */
    public static ForwardBatch of(List<Chunk> chunks) {
        int rows = chunks.stream().mapToInt(chunk -> chunk.ids().length).sum();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < chunks.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparing(index -> chunks.get(index).form()));
        List<Placed> placed = new ArrayList<>();
        int[] ids = new int[rows];
        int[] positions = new int[rows];
        List<Integer> logitRows = new ArrayList<>();
        int row = 0;
        int naiveRows = 0;
        for (int index : order) {
            Chunk chunk = chunks.get(index);
            int length = chunk.ids().length;
            placed.add(new Placed(chunk, index, row, logitRows.size()));
            for (int i = 0; i < length; i++) {
                ids[row + i] = chunk.ids()[i];
                positions[row + i] = chunk.firstPosition() + i;
                if (chunk.logits() == Logits.ALL
                        || (chunk.logits() == Logits.LAST && i == length - 1)) {
                    logitRows.add(row + i);
                }
            }
            row += length;
            if (chunk.form() == Form.NAIVE) {
                naiveRows = row;
            }
        }
        return new ForwardBatch(
                List.copyOf(placed),
                ids,
                positions,
                logitRows.stream().mapToInt(Integer::intValue).toArray(),
                naiveRows);
    }

    /**
     * A training batch: whole sequences in naive form from position 0, with logits only for the
     * rows that are scored.
     *
     * @param scored for each sequence, which of its rows need logits
     */
    public static ForwardBatch training(List<int[]> sequences, List<boolean[]> scored) {
        List<Chunk> chunks = new ArrayList<>();
        for (int i = 0; i < sequences.size(); i++) {
            chunks.add(new Chunk(i, sequences.get(i), 0, Form.NAIVE, Logits.NONE));
        }
        ForwardBatch batch = of(chunks);
        List<Integer> rows = new ArrayList<>();
        for (Placed each : batch.placed) {
            boolean[] wanted = scored.get(each.index());
            for (int i = 0; i < wanted.length; i++) {
                if (wanted[i]) {
                    rows.add(each.row() + i);
                }
            }
        }
        return new ForwardBatch(
                batch.placed,
                batch.ids,
                batch.positions,
                rows.stream().mapToInt(Integer::intValue).toArray(),
                batch.naiveRows);
    }

    /** Chunks with their places, in row order. */
    public List<Placed> placed() {
        return placed;
    }

    /** Token ids, one a row. Not to be changed. */
    public int[] ids() {
        return ids;
    }

    /** Positions in their sequences, one a row. Not to be changed. */
    public int[] positions() {
        return positions;
    }

    /** Rows that need logits, ascending. Not to be changed. */
    public int[] logitRows() {
        return logitRows;
    }

    /** Number of rows. */
    public int rows() {
        return ids.length;
    }

    /** Leading chunks, in the order of {@link #placed}, in naive form. */
    public int naiveChunks() {
        int count = 0;
        while (count < placed.size() && placed.get(count).chunk().form() == Form.NAIVE) {
            count++;
        }
        return count;
    }

    /** Leading rows that belong to chunks in naive form. */
    public int naiveRows() {
        return naiveRows;
    }
}

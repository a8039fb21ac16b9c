package dev.cachalot.engine;

/**
 * Numbers of blocks and how many hold each; used + free = total. Owned by the engine thread. The
 * numbers in use stay low, so that memory can be taken as it is needed.
 */
final class BlockPool {
    private final int[] references; // a block
    private final int[] free; // stack, next to give on top
    private int freeCount;
    private int highest; // one past the highest number ever given

    BlockPool(int total) {
        references = new int[total];
        free = new int[total];
        for (int i = 0; i < total; i++) {
            free[i] = total - 1 - i;
        }
        freeCount = total;
    }

    int total() {
        return references.length;
    }

    int free() {
        return freeCount;
    }

    int used() {
        return references.length - freeCount;
    }

    /** One past the highest number ever given: the blocks that need memory. */
    int highest() {
        return highest;
    }

    /** How many hold the block. */
    int references(int block) {
        return references[block];
    }

    /** Takes a free block, held once; the caller has seen that there is one. */
    int acquire() {
        if (freeCount == 0) {
            throw new IllegalStateException("all " + total() + " blocks are in use");
        }
        int block = free[--freeCount];
        references[block] = 1;
        highest = Math.max(highest, block + 1);
        return block;
    }

    /** Holds a used block once more. */
    void retain(int block) {
        if (references[block] == 0) {
            throw new IllegalStateException("block " + block + " is free and cannot be shared");
        }
        references[block]++;
    }

    /** Holds a block once less; nobody's block is free. */
    void release(int block) {
        if (references[block] == 0) {
            throw new IllegalStateException("block " + block + " was released twice");
        }
        if (--references[block] == 0) {
            free[freeCount++] = block;
        }
    }
}

package dev.cachalot.tensor.kernel;

/**
 * Heap arrays of one worker, kept from call to call and grown as asked for. Kernels copy rows into
 * them because loops over arrays with int indices are what the JIT compiles best.
 */
final class Scratch {
    private static final int SLOTS = 12;

    private final float[][] arrays = new float[SLOTS][0]; // owned by the worker

    /** At least {@code size} numbers with undefined contents; the same array until asked again. */
    float[] floats(int slot, int size) {
        if (arrays[slot].length < size) {
            arrays[slot] = new float[size + size / 4];
        }
        return arrays[slot];
    }

    /** One for each thread of a pool. */
    static Scratch[] perWorker(int threads) {
        Scratch[] all = new Scratch[threads];
        for (int i = 0; i < threads; i++) {
            all[i] = new Scratch();
        }
        return all;
    }
}

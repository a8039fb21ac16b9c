package dev.cachalot.tensor;

/**
 * Finds the scale, and the minimum where there is one, under which rounded codes leave the least
 * weighted squared error. Each of several steps around the obvious one gives codes; for codes held
 * fixed the best scale and minimum are a least-squares solution. Deterministic. One thread's.
 */
final class ScaleSearch {
    private float scale;
    private float minimum;

    /** The scale found last. */
    float scale() {
        return scale;
    }

    /** The minimum found last, at most 0. */
    float minimum() {
        return minimum;
    }

    /**
     * Numbers as {@code scale * code + minimum} with codes 0 to {@code most}; tries steps of {@code
     * most + first + 0.1 i} codes over the range, i to {@code tries}.
     */
    void affine(
            float[] x, int start, int count, int most, float first, int tries, float[] weights) {
        float smallest = 0; // the minimum cannot be above 0
        float largest = x[start];
        for (int i = 0; i < count; i++) {
            smallest = Math.min(smallest, x[start + i]);
            largest = Math.max(largest, x[start + i]);
        }
        scale = 0;
        minimum = smallest;
        float range = largest - smallest;
        if (!(range > 0)) {
            return;
        }
        double sumW = 0;
        double sumX = 0;
        double sumXx = 0;
        for (int i = 0; i < count; i++) {
            double w = weights[i];
            sumW += w;
            sumX += w * x[start + i];
            sumXx += w * x[start + i] * x[start + i];
        }
        scale = range / most;
        double least = Double.POSITIVE_INFINITY;
        for (int attempt = -1; attempt <= tries; attempt++) {
            // from the best minimum so far: it moves the steps as well
            float steps = attempt < 0 ? most : most + first + 0.1f * attempt;
            float inverse = steps / (largest - minimum);
            double sumL = 0;
            double sumLl = 0;
            double sumXl = 0;
            for (int i = 0; i < count; i++) {
                float at = inverse * (x[start + i] - minimum);
                int code = Math.clamp((int) (at + 0.5f), 0, most);
                double wl = (double) weights[i] * code;
                sumL += wl;
                sumLl += wl * code;
                sumXl += wl * x[start + i];
            }
            double determinant = sumW * sumLl - sumL * sumL;
            double a = range / most;
            double b = smallest;
            if (attempt >= 0) {
                if (!(determinant > 0)) {
                    continue;
                }
                a = (sumW * sumXl - sumX * sumL) / determinant;
                b = Math.min(0, (sumLl * sumX - sumL * sumXl) / determinant);
                if (b == 0) {
                    a = sumXl / sumLl;
                }
            }
            // the sum of w (a l + b - x)², multiplied out
            double error =
                    a * a * sumLl
                            + b * b * sumW
                            + sumXx
                            + 2 * (a * b * sumL - a * sumXl - b * sumX);
            if (error < least) {
                least = error;
                scale = (float) a;
                minimum = (float) b;
            }
        }
    }

    /**
     * Numbers as {@code scale * code} with codes -half to half - 1; the scale may be negative. The
     * weight of a number is its square.
     */
    void signed(float[] x, int start, int count, int half) {
        float largest = 0;
        for (int i = 0; i < count; i++) {
            if (Math.abs(x[start + i]) > Math.abs(largest)) {
                largest = x[start + i];
            }
        }
        scale = 0;
        minimum = 0;
        if (largest == 0) {
            return;
        }
        scale = largest / -half;
        double most = 0; // of what the codes explain, Σwxl² / Σwl²
        for (int attempt = -9; attempt <= 9; attempt++) {
            float inverse = -(half + 0.1f * attempt) / largest;
            double sumXl = 0;
            double sumLl = 0;
            for (int i = 0; i < count; i++) {
                float number = x[start + i];
                int code = Math.clamp((int) Math.rint(inverse * number), -half, half - 1);
                double w = (double) number * number;
                sumXl += w * number * code;
                sumLl += w * code * code;
            }
            if (sumLl > 0 && sumXl * sumXl > most * sumLl) {
                most = sumXl * sumXl / sumLl;
                scale = (float) (sumXl / sumLl);
            }
        }
    }
}

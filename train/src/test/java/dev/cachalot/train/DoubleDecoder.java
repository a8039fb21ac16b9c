package dev.cachalot.train;

import dev.cachalot.model.MlaConfig;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.MoeConfig;
import dev.cachalot.tensor.RouteRule;
import dev.cachalot.tensor.RouteRule.GroupScore;
import dev.cachalot.tensor.RouteRule.Scoring;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The decoder once more, in double precision and as plainly as possible: the judge of forward and
 * backward. One sequence at a time, parameters by their Hugging Face names, matrices row-major
 * [outputs, inputs].
 */
final class DoubleDecoder {
    private final ModelConfig config;
    private final Map<String, double[]> parameters;

    DoubleDecoder(ModelConfig config, Map<String, double[]> parameters) {
        this.config = config;
        this.parameters = parameters;
    }

    /** Residual stream after the last layer, [T][D]. */
    double[][] hidden(int[] ids) {
        double[][] x = embed(ids);
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            x = layer(x, i);
        }
        return x;
    }

    /** Logits of every position from {@link #hidden}. */
    double[][] logits(double[][] hidden) {
        return multiply(norm(hidden, "model.norm.weight"), "lm_head.weight");
    }

    /** Logits of the token after next, from hidden states and each row's next token. */
    double[][] nextLogits(double[][] hidden, int[] nextIds) {
        String prefix = "model.layers." + config.numHiddenLayers() + ".";
        double[][] e = norm(embed(nextIds), prefix + "enorm.weight");
        double[][] h = norm(hidden, prefix + "hnorm.weight");
        double[][] joined = new double[e.length][];
        for (int t = 0; t < e.length; t++) {
            joined[t] = new double[2 * e[t].length];
            System.arraycopy(e[t], 0, joined[t], 0, e[t].length);
            System.arraycopy(h[t], 0, joined[t], e[t].length, h[t].length);
        }
        double[][] x = layer(multiply(joined, prefix + "eh_proj.weight"), config.numHiddenLayers());
        return multiply(norm(x, prefix + "shared_head.norm.weight"), "lm_head.weight");
    }

    /** -log softmax(logits)[target]. */
    static double crossEntropy(double[] logits, int target) {
        double largest =
                IntStream.range(0, logits.length).mapToDouble(i -> logits[i]).max().orElseThrow();
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit - largest);
        }
        return Math.log(sum) + largest - logits[target];
    }

    private double[][] embed(int[] ids) {
        double[] table = get("model.embed_tokens.weight");
        int width = config.hiddenSize();
        double[][] x = new double[ids.length][width];
        for (int t = 0; t < ids.length; t++) {
            System.arraycopy(table, ids[t] * width, x[t], 0, width);
        }
        return x;
    }

    private double[][] layer(double[][] x, int index) {
        String prefix = "model.layers." + index + ".";
        double[][] middle =
                sum(
                        x,
                        attention(
                                norm(x, prefix + "input_layernorm.weight"), prefix + "self_attn."));
        double[][] normed = norm(middle, prefix + "post_attention_layernorm.weight");
        double[][] y =
                config.moeOf(index).isPresent()
                        ? moe(normed, prefix + "mlp.", config.moeOf(index).get())
                        : swiGlu(normed, prefix + "mlp.");
        return sum(middle, y);
    }

    private double[][] attention(double[][] x, String prefix) {
        MlaConfig mla = config.requireMla("this decoder");
        int heads = mla.numAttentionHeads();
        int nope = mla.qkNopeHeadDim();
        int rope = mla.qkRopeHeadDim();
        int values = mla.vHeadDim();
        double[][] q =
                mla.qLoraRank().isPresent()
                        ? multiply(
                                norm(
                                        multiply(x, prefix + "q_a_proj.weight"),
                                        prefix + "q_a_layernorm.weight"),
                                prefix + "q_b_proj.weight")
                        : multiply(x, prefix + "q_proj.weight");
        double[][] down = multiply(x, prefix + "kv_a_proj_with_mqa.weight");
        double[][] latent = columns(down, 0, mla.kvLoraRank());
        double[][] keyRope = columns(down, mla.kvLoraRank(), rope);
        double[][] up =
                multiply(
                        norm(latent, prefix + "kv_a_layernorm.weight"),
                        prefix + "kv_b_proj.weight");
        double scale = config.rope().attentionFactor() / Math.sqrt(nope + rope);
        double[][] attended = new double[x.length][heads * values];
        for (int t = 0; t < x.length; t++) {
            rotate(keyRope[t], 0, rope, t);
            for (int h = 0; h < heads; h++) {
                rotate(q[t], h * (nope + rope) + nope, rope, t);
                double[] scores = new double[t + 1];
                for (int u = 0; u <= t; u++) {
                    for (int i = 0; i < nope; i++) {
                        scores[u] += q[t][h * (nope + rope) + i] * up[u][h * (nope + values) + i];
                    }
                    for (int i = 0; i < rope; i++) {
                        scores[u] += q[t][h * (nope + rope) + nope + i] * keyRope[u][i];
                    }
                    scores[u] *= scale;
                }
                double[] p = softmax(scores);
                for (int u = 0; u <= t; u++) {
                    for (int i = 0; i < values; i++) {
                        attended[t][h * values + i] += p[u] * up[u][h * (nope + values) + nope + i];
                    }
                }
            }
        }
        return multiply(attended, prefix + "o_proj.weight");
    }

    private void rotate(double[] row, int start, int width, int position) {
        double[] frequencies = config.rope().frequencies(width);
        for (int i = 0; i < width / 2; i++) {
            double cos = Math.cos(position * frequencies[i]);
            double sin = Math.sin(position * frequencies[i]);
            double a = row[start + 2 * i];
            double b = row[start + 2 * i + 1];
            row[start + 2 * i] = a * cos - b * sin;
            row[start + 2 * i + 1] = a * sin + b * cos;
        }
    }

    private double[][] moe(double[][] x, String prefix, MoeConfig moe) {
        double[][] y =
                moe.nSharedExperts() > 0
                        ? swiGlu(x, prefix + "shared_experts.")
                        : new double[x.length][config.hiddenSize()];
        double[][] logits = multiply(x, prefix + "gate.weight");
        double[] bias =
                moe.correctionBias()
                        ? get(prefix + "gate.e_score_correction_bias")
                        : new double[moe.nRoutedExperts()];
        for (int t = 0; t < x.length; t++) {
            double[] scores =
                    moe.route().scoring() == Scoring.SOFTMAX
                            ? softmax(logits[t])
                            : sigmoid(logits[t]);
            List<Integer> chosen = choose(scores, bias, moe.route());
            double total = 1;
            if (moe.route().normalize()) {
                total = 1e-20;
                for (int e : chosen) {
                    total += scores[e];
                }
            }
            for (int e : chosen) {
                double[] part = swiGlu(new double[][] {x[t]}, prefix + "experts." + e + ".")[0];
                for (int i = 0; i < part.length; i++) {
                    y[t][i] += scores[e] / total * moe.route().scale() * part[i];
                }
            }
        }
        return y;
    }

    private static List<Integer> choose(double[] scores, double[] bias, RouteRule rule) {
        int size = scores.length / rule.groups();
        Comparator<Integer> byBiased = Comparator.comparingDouble(e -> -(scores[e] + bias[e]));
        List<Integer> groups = new ArrayList<>(IntStream.range(0, rule.groups()).boxed().toList());
        groups.sort(
                Comparator.comparingDouble(
                        g -> {
                            List<Double> best =
                                    IntStream.range(g * size, (g + 1) * size)
                                            .mapToObj(e -> scores[e] + bias[e])
                                            .sorted(Comparator.reverseOrder())
                                            .toList();
                            return rule.groupScore() == GroupScore.MAX || size == 1
                                    ? -best.get(0)
                                    : -(best.get(0) + best.get(1));
                        }));
        List<Integer> kept = groups.subList(0, rule.topGroups());
        return IntStream.range(0, scores.length)
                .boxed()
                .filter(e -> kept.contains(e / size))
                .sorted(byBiased)
                .limit(rule.topK())
                .toList();
    }

    private double[][] swiGlu(double[][] x, String prefix) {
        double[][] gate = multiply(x, prefix + "gate_proj.weight");
        double[][] up = multiply(x, prefix + "up_proj.weight");
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < gate[t].length; i++) {
                gate[t][i] = gate[t][i] / (1 + Math.exp(-gate[t][i])) * up[t][i];
            }
        }
        return multiply(gate, prefix + "down_proj.weight");
    }

    private double[][] norm(double[][] x, String name) {
        double[] gain = get(name);
        double[][] y = new double[x.length][gain.length];
        for (int t = 0; t < x.length; t++) {
            double squares = 0;
            for (double v : x[t]) {
                squares += v * v;
            }
            double factor = 1 / Math.sqrt(squares / gain.length + config.rmsNormEps());
            for (int i = 0; i < gain.length; i++) {
                y[t][i] = x[t][i] * factor * gain[i];
            }
        }
        return y;
    }

    private double[][] multiply(double[][] x, String name) {
        double[] w = get(name);
        int inputs = x[0].length;
        int outputs = w.length / inputs;
        double[][] y = new double[x.length][outputs];
        for (int t = 0; t < x.length; t++) {
            for (int n = 0; n < outputs; n++) {
                for (int k = 0; k < inputs; k++) {
                    y[t][n] += x[t][k] * w[n * inputs + k];
                }
            }
        }
        return y;
    }

    private double[] get(String name) {
        double[] found = parameters.get(name);
        if (found == null) {
            throw new IllegalArgumentException("no parameter " + name);
        }
        return found;
    }

    private static double[] softmax(double[] x) {
        double largest = IntStream.range(0, x.length).mapToDouble(i -> x[i]).max().orElseThrow();
        double[] y = new double[x.length];
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            y[i] = Math.exp(x[i] - largest);
            sum += y[i];
        }
        for (int i = 0; i < x.length; i++) {
            y[i] /= sum;
        }
        return y;
    }

    private static double[] sigmoid(double[] x) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = 1 / (1 + Math.exp(-x[i]));
        }
        return y;
    }

    private static double[][] sum(double[][] a, double[][] b) {
        double[][] y = new double[a.length][a[0].length];
        for (int t = 0; t < a.length; t++) {
            for (int i = 0; i < y[t].length; i++) {
                y[t][i] = a[t][i] + b[t][i];
            }
        }
        return y;
    }

    private static double[][] columns(double[][] x, int from, int count) {
        double[][] y = new double[x.length][count];
        for (int t = 0; t < x.length; t++) {
            System.arraycopy(x[t], from, y[t], 0, count);
        }
        return y;
    }
}

package dev.cachalot.train;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A line chart as inline SVG, coloured by the page's style sheet ({@code .s0}, {@code .s1}, ...).
 *
 * @param lowest the axis begins here or at the least number, whichever is lower
 * @param highest the axis ends here or at the greatest number, whichever is higher
 */
record Chart(String title, String unit, List<Line> lines, double lowest, double highest) {
    private static final int WIDTH = 560;
    private static final int HEIGHT = 250;
    private static final int LEFT = 52;
    private static final int RIGHT = 12;
    private static final int TOP = 10;
    private static final int BOTTOM = 28;
    private static final int MOST_POINTS = 280;

    /** A line of points, x ascending. Points that are no numbers are left out. */
    record Line(String name, List<double[]> points) {

        /** At most about {@link #MOST_POINTS} points, each the mean of its neighbours. */
        List<double[]> thinned() {
            List<double[]> finite =
                    points.stream()
                            .filter(p -> Double.isFinite(p[0]) && Double.isFinite(p[1]))
                            .toList();
            int stride = Math.max(1, (finite.size() + MOST_POINTS - 1) / MOST_POINTS);
            List<double[]> few = new ArrayList<>();
            for (int from = 0; from < finite.size(); from += stride) {
                List<double[]> part = finite.subList(from, Math.min(from + stride, finite.size()));
                few.add(
                        new double[] {
                            part.stream().mapToDouble(p -> p[0]).average().orElseThrow(),
                            part.stream().mapToDouble(p -> p[1]).average().orElseThrow()
                        });
            }
            return few;
        }
    }

    /**
     * A figure element with its title, legend and lines; a sentence instead if there is no point.
     */
    String svg() {
        StringBuilder html = new StringBuilder();
        html.append("<figure><figcaption><b>").append(escape(title)).append("</b>");
        if (!unit.isEmpty()) {
            html.append(" <span class=unit>").append(escape(unit)).append("</span>");
        }
        List<List<double[]>> drawn = lines.stream().map(Line::thinned).toList();
        for (int i = 0; i < lines.size(); i++) {
            if (!drawn.get(i).isEmpty()) {
                html.append(
                        " <span class='key s%d'>%s</span>"
                                .formatted(i, escape(lines.get(i).name())));
            }
        }
        html.append("</figcaption>");
        List<double[]> all = drawn.stream().flatMap(List::stream).toList();
        if (all.isEmpty()) {
            return html.append("<p class=unit>no points yet</p></figure>\n").toString();
        }
        double right = all.stream().mapToDouble(p -> p[0]).max().orElseThrow();
        double left = Math.min(0, all.stream().mapToDouble(p -> p[0]).min().orElseThrow());
        double least = all.stream().mapToDouble(p -> p[1]).min().orElseThrow();
        double most = all.stream().mapToDouble(p -> p[1]).max().orElseThrow();
        Axis x = Axis.of(left, right, LEFT, WIDTH - RIGHT).endingAt(right);
        Axis y = Axis.of(Math.min(least, lowest), Math.max(most, highest), HEIGHT - BOTTOM, TOP);
        html.append(
                "<svg viewBox='0 0 %d %d' role=img aria-label='%s'>"
                        .formatted(WIDTH, HEIGHT, escape(title)));
        for (double tick : y.ticks()) {
            html.append(
                    String.format(
                            Locale.ROOT,
                            "<line class=grid x1='%d' x2='%d' y1='%.1f' y2='%.1f'/>"
                                    + "<text x='%d' y='%.1f' class=left>%s</text>",
                            LEFT,
                            WIDTH - RIGHT,
                            y.at(tick),
                            y.at(tick),
                            LEFT - 6,
                            y.at(tick) + 4,
                            Axis.label(tick)));
        }
        for (double tick : x.ticks()) {
            html.append(
                    String.format(
                            Locale.ROOT,
                            "<text x='%.1f' y='%d' class=below>%s</text>",
                            x.at(tick),
                            HEIGHT - 8,
                            Axis.label(tick)));
        }
        for (int i = 0; i < drawn.size(); i++) {
            html.append(line(i, drawn.get(i), x, y));
        }
        return html.append("</svg></figure>\n").toString();
    }

    private static String line(int index, List<double[]> points, Axis x, Axis y) {
        if (points.isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder("<polyline class='line s" + index + "' points='");
        points.forEach(
                p -> text.append(String.format(Locale.ROOT, "%.1f,%.1f ", x.at(p[0]), y.at(p[1]))));
        text.append("'/>");
        if (points.size() < 40) { // few enough to be seen one by one
            points.forEach(
                    p ->
                            text.append(
                                    String.format(
                                            Locale.ROOT,
                                            "<circle class='dot s%d' cx='%.1f' cy='%.1f' r='2.5'/>",
                                            index,
                                            x.at(p[0]),
                                            y.at(p[1]))));
        }
        return text.toString();
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;")
                .replace("\"", "&quot;");
    }

    /** From numbers to places on the drawing, with round ticks. */
    private record Axis(double low, double high, double step, int start, int end) {
        static Axis of(double low, double high, int start, int end) {
            double range = high > low ? high - low : Math.max(Math.abs(high), 1e-9);
            double rough = range / 5;
            double power = Math.pow(10, Math.floor(Math.log10(rough)));
            double step = power * 10;
            for (double factor : new double[] {5, 2, 1}) {
                if (rough <= factor * power) {
                    step = factor * power;
                }
            }
            double first = Math.floor(low / step) * step;
            double last = high > low ? Math.ceil(high / step - 1e-9) * step : first + 5 * step;
            return new Axis(first, last, step, start, end);
        }

        /** The same ticks on an axis that ends with its last point. */
        Axis endingAt(double last) {
            return last > low ? new Axis(low, last, step, start, end) : this;
        }

        double at(double number) {
            return start + (number - low) / (high - low) * (end - start);
        }

        List<Double> ticks() {
            List<Double> ticks = new ArrayList<>();
            for (int i = 0; low + i * step <= high + step * 1e-9; i++) {
                ticks.add(low + i * step);
            }
            return ticks;
        }

        static String label(double tick) {
            if (Math.abs(tick) < 1e-12) {
                return "0";
            }
            if (Math.abs(tick) >= 1e6) {
                return trimmed(tick / 1e6) + " M";
            }
            if (Math.abs(tick) >= 10_000) {
                return trimmed(tick / 1e3) + " k";
            }
            return trimmed(tick);
        }

        private static String trimmed(double number) {
            return new BigDecimal(number)
                    .round(new MathContext(4))
                    .stripTrailingZeros()
                    .toPlainString();
        }
    }
}

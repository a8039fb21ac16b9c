package dev.cachalot.library.hub;

import java.util.Locale;

/** Numbers of bytes for people. */
public final class Sizes {

    /** Such as {@code 1.12 GB}; powers of ten, as disks and the hub count. */
    public static String shown(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        String[] units = {"kB", "MB", "GB", "TB"};
        double value = bytes / 1000.0;
        int unit = 0;
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        String form = value < 9.995 ? "%.2f %s" : value < 99.95 ? "%.1f %s" : "%.0f %s";
        return String.format(Locale.ROOT, form, value, units[unit]);
    }

    private Sizes() {}
}

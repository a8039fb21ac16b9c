package dev.cachalot.tokenizer.jinja;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Dates as C's strftime writes them, in the letters that templates use. */
final class StrfTime {
    private static final int LONGEST = 1000;

    static String format(String format, LocalDateTime time) {
        if (format.length() > LONGEST) {
            throw JinjaFailure.of(
                    "strftime_now has a format of %,d characters; expected at most %,d"
                            .formatted(format.length(), LONGEST));
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                out.append(c);
                continue;
            }
            char letter = format.charAt(++i);
            boolean unpadded = letter == '-' && i + 1 < format.length();
            if (unpadded) {
                letter = format.charAt(++i);
            }
            String pattern =
                    switch (letter) {
                        case 'Y' -> "uuuu";
                        case 'y' -> "uu";
                        case 'm' -> unpadded ? "M" : "MM";
                        case 'd' -> unpadded ? "d" : "dd";
                        case 'H' -> unpadded ? "H" : "HH";
                        case 'I' -> unpadded ? "h" : "hh";
                        case 'M' -> "mm";
                        case 'S' -> "ss";
                        case 'p' -> "a";
                        case 'B' -> "MMMM";
                        case 'b' -> "MMM";
                        case 'A' -> "EEEE";
                        case 'a' -> "EEE";
                        case 'j' -> "DDD";
                        case 'F' -> "uuuu-MM-dd";
                        case 'T' -> "HH:mm:ss";
                        case '%' -> "'%'";
                        default -> throw JinjaFailure.of("strftime_now does not know %" + letter);
                    };
            out.append(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time));
        }
        return out.toString();
    }

    private StrfTime() {}
}

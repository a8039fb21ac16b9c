package dev.cachalot.chat;

import java.util.List;
import java.util.Optional;

/**
 * Ends a text before the first stop text in it. What may be the beginning of one is held back, so
 * no part of a stop text gets out. First is the one that ends first, the longest where several end
 * at the same place: the result is the same however the text is cut into pieces.
 */
final class StopMatcher {
    private final List<String> stops;
    private final StringBuilder held = new StringBuilder(); // the beginning of a stop text, maybe
    private Optional<String> found = Optional.empty();

    /**
     * @param stops none of them empty
     */
    StopMatcher(List<String> stops) {
        this.stops = stops;
    }

    /** The text that is now known to stand before any stop text; empty after a match. */
    String accept(String more) {
        if (found.isPresent()) {
            return "";
        }
        for (int i = 0; i < more.length(); i++) {
            held.append(more.charAt(i));
            Optional<String> ending = endingHere();
            if (ending.isPresent()) {
                found = ending;
                String before = held.substring(0, held.length() - ending.get().length());
                held.setLength(0);
                return before;
            }
        }
        int safe = held.length() - begun();
        String out = held.substring(0, safe);
        held.delete(0, safe);
        return out;
    }

    /** The end of the text: what was held back after all. */
    String finish() {
        String rest = held.toString();
        held.setLength(0);
        return rest;
    }

    /** The stop text that ended the text, once there is one. */
    Optional<String> found() {
        return found;
    }

    private Optional<String> endingHere() {
        Optional<String> longest = Optional.empty();
        for (String stop : stops) {
            int at = held.length() - stop.length();
            if (at >= 0
                    && held.indexOf(stop, at) == at
                    && (longest.isEmpty() || longest.get().length() < stop.length())) {
                longest = Optional.of(stop);
            }
        }
        return longest;
    }

    /** Length of the longest end of {@link #held} that begins a stop text. */
    private int begun() {
        int longest = 0;
        for (String stop : stops) {
            longest = Math.max(longest, Overlap.of(held, stop));
        }
        return longest;
    }
}

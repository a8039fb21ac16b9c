package dev.cachalot.chat;

import static dev.cachalot.tokenizer.DeepSeekTokens.END_THINK;
import static dev.cachalot.tokenizer.DeepSeekTokens.THINK;

import java.util.ArrayList;
import java.util.List;

/**
 * Tells thinking from answer by the marks {@code <think>} and {@code </think>}, whether they come
 * as tokens of their own or spelled out, in one piece or cut anywhere.
 *
 * <p>An opening mark counts only before anything else is said: it opens the thinking if the prompt
 * has not, and is dropped if it has. The first end mark ends the thinking; an opening mark within
 * is text, so a model that writes about marks cannot be caught in them. End marks repeated right
 * after it are dropped, later ones are text. Without an end mark all is thinking. White space at
 * the beginning of the thinking, and of an answer after it, is dropped.
 */
final class ReasoningSplitter {
    private enum Place {
        /** Nothing said yet. */
        OPENING,
        /** After the opening mark, nothing thought yet. */
        THOUGHTLESS,
        THINKING,
        /** After the end mark, nothing answered yet. */
        CLOSING,
        ANSWERING
    }

    private final boolean opened;
    private final StringBuilder held = new StringBuilder(); // may be, or lead up to, a mark
    private Place place = Place.OPENING;

    /**
     * @param opened whether the prompt ends with the opening mark
     */
    ReasoningSplitter(boolean opened) {
        this.opened = opened;
    }

    /** Whether what comes next belongs to the thinking, its end mark included. */
    boolean thinking() {
        return switch (place) {
            case OPENING -> opened;
            case THOUGHTLESS, THINKING -> true;
            case CLOSING, ANSWERING -> false;
        };
    }

    /** What is said for sure with this piece. */
    List<ChatDelta> accept(String more) {
        held.append(more);
        List<ChatDelta> out = new ArrayList<>(2);
        Place before;
        do {
            before = place;
            place =
                    switch (place) {
                        case OPENING -> open();
                        case THOUGHTLESS -> begin(Place.THINKING);
                        case THINKING -> think(out);
                        case CLOSING -> close();
                        case ANSWERING -> answer(out);
                    };
        } while (place != before);
        return out;
    }

    /** The end of the text: what was held back after all. */
    List<ChatDelta> finish() {
        List<ChatDelta> out = new ArrayList<>(1);
        if (opened || place != Place.OPENING) {
            begin(place);
        }
        String rest = held.toString();
        held.setLength(0);
        if (!rest.isEmpty()) {
            out.add(thinking() ? new ChatDelta.Reasoning(rest) : new ChatDelta.Answer(rest));
        }
        return out;
    }

    private Place open() {
        String said = held.toString().stripLeading();
        if (said.startsWith(THINK)) {
            drop(said, THINK);
            return Place.THOUGHTLESS;
        }
        if (!opened && said.startsWith(END_THINK)) {
            drop(said, END_THINK);
            return Place.CLOSING;
        }
        if (THINK.startsWith(said) || (!opened && END_THINK.startsWith(said))) {
            return Place.OPENING;
        }
        return opened ? Place.THOUGHTLESS : Place.ANSWERING;
    }

    /** Drops white space; then on to {@code next} with the first other character. */
    private Place begin(Place next) {
        String said = held.toString().stripLeading();
        drop(said, "");
        return said.isEmpty() ? place : next;
    }

    private Place think(List<ChatDelta> out) {
        int end = held.indexOf(END_THINK);
        if (end < 0) {
            end = held.length() - Overlap.of(held, END_THINK);
            say(out, end);
            return Place.THINKING;
        }
        say(out, end);
        drop(held.toString(), END_THINK);
        return Place.CLOSING;
    }

    private Place close() {
        String said = held.toString().stripLeading();
        boolean again = said.startsWith(END_THINK);
        drop(said, again ? END_THINK : "");
        if (again) {
            return close();
        }
        return END_THINK.startsWith(said) ? Place.CLOSING : Place.ANSWERING;
    }

    private Place answer(List<ChatDelta> out) {
        say(out, held.length());
        return Place.ANSWERING;
    }

    private void say(List<ChatDelta> out, int length) {
        if (length > 0) {
            String text = held.substring(0, length);
            held.delete(0, length);
            out.add(
                    place == Place.THINKING
                            ? new ChatDelta.Reasoning(text)
                            : new ChatDelta.Answer(text));
        }
    }

    private void drop(String said, String mark) {
        held.setLength(0);
        held.append(said, mark.length(), said.length());
    }
}

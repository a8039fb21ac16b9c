package dev.cachalot.cli;

import dev.cachalot.library.LoadedModel;
import java.util.ArrayList;
import java.util.List;

/** Token ids as a user writes them. */
final class TokenIds {

    /** Ids separated by commas or white space, at least one. */
    static int[] parse(String where, String text) {
        List<Integer> ids = new ArrayList<>();
        for (String word : text.strip().split("[,\\s]+", -1)) {
            try {
                ids.add(Integer.parseInt(word));
            } catch (NumberFormatException notANumber) {
                throw new UserException(
                        "%s has '%s' as its number %d; expected whole numbers such as 1,2,3"
                                .formatted(where, word, ids.size() + 1));
            }
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Refuses ids that the model does not know, and more of them than its context holds. */
    static void check(int[] ids, LoadedModel model) {
        if (ids.length > model.contextLength()) {
            throw new UserException(
                    "found %,d tokens; expected at most %,d, the context of this model"
                            .formatted(ids.length, model.contextLength()));
        }
        for (int id : ids) {
            if (id < 0 || id >= model.config().vocabSize()) {
                throw new UserException(
                        "token id %d is outside the vocabulary; expected 0 to %d"
                                .formatted(id, model.config().vocabSize() - 1));
            }
        }
    }

    private TokenIds() {}
}

package dev.cachalot.fuzz;

import dev.cachalot.server.ChatRequestTarget;
import java.util.List;
import java.util.Optional;

/** All readers under attack. */
final class Targets {
    static final List<Target> ALL =
            List.of(
                    new GgufTarget(),
                    new VocabularyTarget(),
                    new SafetensorsTarget(),
                    new FolderTarget(),
                    new TokenizerJsonTarget(),
                    new ModelTarget(),
                    new ChatRequestTarget(),
                    new RecipeTarget());

    static Optional<Target> find(String name) {
        return ALL.stream().filter(target -> target.name().equals(name)).findFirst();
    }

    private Targets() {}
}

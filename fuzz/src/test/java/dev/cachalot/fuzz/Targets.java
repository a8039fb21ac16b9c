package dev.cachalot.fuzz;

import dev.cachalot.library.hub.HubTarget;
import dev.cachalot.server.ChatRequestTarget;
import java.util.List;
import java.util.Optional;

/** All readers under attack. */
final class Targets {
    static final List<Target> ALL =
            List.of(
                    new GgufTarget(),
                    new GgufSplitTarget(),
                    new VocabularyTarget(),
                    new SafetensorsTarget(),
                    new FolderTarget(),
                    new TokenizerJsonTarget(),
                    new ModelTarget(),
                    new ChatRequestTarget(),
                    new RecipeTarget(),
                    new TemplateTarget(),
                    new HubTarget(),
                    new TreeTarget("tokenizer-json-tree", new TokenizerJsonTarget(), 0, 3),
                    new TreeTarget("config-tree", new FolderTarget(), 0, 4),
                    new TreeTarget("index-tree", new FolderTarget(), 1, 4),
                    new TreeTarget("chat-request-tree", new ChatRequestTarget(), 0, 1),
                    new TreeTarget("recipe-tree", new RecipeTarget(), 0, 1));

    static Optional<Target> find(String name) {
        return ALL.stream().filter(target -> target.name().equals(name)).findFirst();
    }

    private Targets() {}
}

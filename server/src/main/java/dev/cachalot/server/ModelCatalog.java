package dev.cachalot.server;

import java.util.List;
import java.util.Optional;

/** The models that can be asked, the default one first. Asked at every request, by any thread. */
@FunctionalInterface
public interface ModelCatalog {
    /** At least one model, each id once. */
    List<ServedModel> models();

    /** The model with exactly this id. */
    default Optional<ServedModel> find(String id) {
        return models().stream().filter(model -> model.id().equals(id)).findFirst();
    }

    /** Always these models. */
    static ModelCatalog of(ServedModel... models) {
        List<ServedModel> all = List.of(models);
        return () -> all;
    }
}

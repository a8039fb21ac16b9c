package dev.cachalot.fuzz;

import dev.cachalot.testing.Repository;
import dev.cachalot.train.Recipe;
import dev.cachalot.train.RecipeException;
import dev.cachalot.train.RecipeReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A training recipe; what was read is written and reread. */
final class RecipeTarget implements Target {

    @Override
    public String name() {
        return "recipe";
    }

    @Override
    public void read(byte[] input) throws IOException {
        Recipe recipe = RecipeReader.read(Scratch.write(name(), "input.json", input));
        if (!RecipeReader.parse(RecipeReader.write(recipe), "the copy").equals(recipe)) {
            throw new AssertionError("the recipe changed: " + recipe);
        }
    }

    @Override
    public Set<Class<? extends Exception>> refusals() {
        return Set.of(RecipeException.class);
    }

    @Override
    public Map<String, byte[]> seeds() throws IOException {
        Map<String, byte[]> seeds = new TreeMap<>();
        seeds.put("defaults", Parts.utf8(RecipeReader.write(Recipe.DEFAULTS)));
        try (Stream<Path> recipes = Files.list(Repository.root().resolve("recipes"))) {
            List<Path> files = recipes.filter(path -> path.toString().endsWith(".json")).toList();
            for (Path file : files) {
                seeds.put(String.valueOf(file.getFileName()), Files.readAllBytes(file));
            }
        }
        return seeds;
    }

    @Override
    public Set<String> words() {
        return Set.of(
                "null", "-1", "1e400", "2147483648", "[]", "{}", "\"\"", "true", "0.5", "NaN");
    }
}

package dev.cachalot.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.cachalot.testing.Cases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** What fuzzing found and reached, and fresh mutations, without the fuzzer. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ReplayTest {
    private static final int MUTANTS = 60; // a target

    @TestFactory
    Stream<DynamicTest> everySeedIsTaken() throws Exception {
        return Targets.ALL.stream()
                .flatMap(
                        target ->
                                seeds(target).entrySet().stream()
                                        .map(
                                                seed ->
                                                        dynamicTest(
                                                                target.name() + " " + seed.getKey(),
                                                                () ->
                                                                        target.read(
                                                                                seed.getValue()))));
    }

    @TestFactory
    Stream<DynamicTest> whatWasOnceAFindingIsTakenOrRefusedInWords() {
        return Targets.ALL.stream()
                .flatMap(target -> replay(target, Fuzz.findings(target)).stream());
    }

    @TestFactory
    Stream<DynamicTest> whatFuzzingReachedIsTakenOrRefusedInWords() {
        return Targets.ALL.stream().flatMap(target -> replay(target, Fuzz.corpus(target)).stream());
    }

    @TestFactory
    Stream<DynamicTest> mutatedSeedsAreTakenOrRefusedInWords() {
        return Targets.ALL.stream().map(target -> dynamicTest(target.name(), () -> mutate(target)));
    }

    private static void mutate(Target target) {
        List<byte[]> seeds = List.copyOf(seeds(target).values());
        List<String> words = target.words().stream().sorted().toList();
        Cases.forAll(
                MUTANTS,
                random -> {
                    byte[] seed = seeds.get(random.nextInt(seeds.size()));
                    Watch.read(target, Mutation.of(seed, words, random));
                });
    }

    private static Map<String, byte[]> seeds(Target target) {
        try {
            return target.seeds();
        } catch (Exception e) {
            throw new AssertionError("no seeds of " + target.name(), e);
        }
    }

    private static List<DynamicTest> replay(Target target, Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> inputs = Files.list(folder)) {
            return inputs.sorted()
                    .map(
                            input ->
                                    dynamicTest(
                                            target.name() + " " + input.getFileName(),
                                            () -> Watch.read(target, Files.readAllBytes(input))))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(folder + " cannot be listed", e);
        }
    }

    @Test
    void aWatchSeesUndeclaredFailuresAndMemory() {
        Target sick =
                new Target() {
                    @Override
                    public String name() {
                        return "sick";
                    }

                    @Override
                    public void read(byte[] input) {
                        switch (input[0]) {
                            case 0 -> throw new IllegalStateException("not declared");
                            case 1 -> throw new ArithmeticException("declared");
                            case 2 -> throw new ArithmeticException();
                            case 3 -> assertThat(new long[64 << 20]).isNotEmpty();
                            default -> {}
                        }
                    }

                    @Override
                    public Set<Class<? extends Exception>> refusals() {
                        return Set.of(ArithmeticException.class);
                    }

                    @Override
                    public Map<String, byte[]> seeds() {
                        return Map.of();
                    }
                };
        assertThatThrownBy(() -> Watch.read(sick, new byte[] {0}))
                .hasMessageContaining("undeclared");
        assertThat(Watch.read(sick, new byte[] {1})).isFalse();
        assertThatThrownBy(() -> Watch.read(sick, new byte[] {2}))
                .hasMessageContaining("without a reason");
        assertThatThrownBy(() -> Watch.read(sick, new byte[] {3}))
                .hasMessageContaining("allocated 53");
        assertThat(Watch.read(sick, new byte[] {4})).isTrue();
    }
}

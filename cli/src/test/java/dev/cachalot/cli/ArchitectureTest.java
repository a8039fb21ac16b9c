package dev.cachalot.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The house's rules that Maven's modules cannot see. */
class ArchitectureTest {
    private static final String HOUSE = "dev.cachalot.";
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.cachalot");

    /** Which rooms a room may use: the arrows of the house. */
    private static final Map<String, List<String>> ARROWS =
            Map.ofEntries(
                    Map.entry("tensor", List.of()),
                    Map.entry("tokenizer", List.of()),
                    Map.entry("tasks", List.of()),
                    Map.entry("checkpoint", List.of("tensor")),
                    Map.entry("model", List.of("checkpoint", "tensor")),
                    Map.entry("engine", List.of("model", "tensor")),
                    Map.entry("chat", List.of("engine", "tokenizer")),
                    Map.entry(
                            "library",
                            List.of("engine", "model", "checkpoint", "tokenizer", "tensor")),
                    Map.entry("eval", List.of("chat", "tasks", "engine", "tokenizer")),
                    Map.entry(
                            "train",
                            List.of(
                                    "engine",
                                    "model",
                                    "checkpoint",
                                    "tokenizer",
                                    "tensor",
                                    "eval",
                                    "tasks",
                                    "chat")),
                    Map.entry("server", List.of("chat", "library", "engine", "tokenizer")));

    @Test
    void theHouseIsSeen() {
        for (String room : ARROWS.keySet()) {
            assertThat(CLASSES.stream().filter(resideInAPackage(HOUSE + room + "..")))
                    .as(room)
                    .isNotEmpty();
        }
    }

    @Test
    void onlyTheKernelRoomKnowsTheVectorApi() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.cachalot.tensor.kernel..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.incubator.vector..")
                .check(CLASSES);
    }

    @Test
    void onlyTensorAndCheckpointTouchMemorySegments() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.cachalot.tensor..", "dev.cachalot.checkpoint..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.MemorySegment")
                .check(CLASSES);
    }

    @Test
    void onlyTheHubConnectsToOtherMachines() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.cachalot.library.hub..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.net.http..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.net.URLConnection")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.net.Socket")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.nio.channels.SocketChannel")
                .orShould()
                .callMethod(java.net.URL.class, "openStream")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.cachalot.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void modelLayersHoldNoState() {
        fields().that()
                .areDeclaredInClassesThat()
                .resideInAPackage("dev.cachalot.model..")
                .should()
                .beFinal()
                .check(CLASSES);
    }

    @Test
    void roomsUseOnlyTheRoomsBelowThem() {
        ARROWS.forEach(
                (room, below) -> {
                    List<String> allowed = new ArrayList<>(List.of(HOUSE + room + ".."));
                    below.forEach(other -> allowed.add(HOUSE + other + ".."));
                    noClasses()
                            .that()
                            .resideInAPackage(HOUSE + room + "..")
                            .should()
                            .dependOnClassesThat(
                                    resideInAPackage("dev.cachalot..")
                                            .and(outside(allowed.toArray(String[]::new))))
                            .allowEmptyShould(true)
                            .check(CLASSES);
                });
    }

    private static DescribedPredicate<JavaClass> outside(String... packages) {
        return JavaClass.Predicates.resideOutsideOfPackages(packages);
    }

    @Test
    void theLowerFloorsNeedNothingButTheJdk() {
        classes()
                .that()
                .resideInAnyPackage(
                        "dev.cachalot.tensor..", "dev.cachalot.model..", "dev.cachalot.engine..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "jdk.incubator.vector..",
                        "org.jspecify.annotations..",
                        "dev.cachalot..")
                .check(CLASSES);
    }

    @Test
    void nothingIsCalledAfterNothing() {
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .resideInAnyPackage(
                        "..util..", "..common..", "..helper..", "..manager..", "..impl..")
                .check(CLASSES);
    }
}

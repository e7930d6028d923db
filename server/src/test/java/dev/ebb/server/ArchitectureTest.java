package dev.ebb.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The laws of docs/architecture.md that a machine can hold.
class ArchitectureTest {
  private static final Path HOME = Path.of(System.getProperty("ebb.home"));

  /// Which rooms a room knows. A new arrow is a decision: change docs/architecture.md with it.
  private static final Map<String, Set<String>> ARROWS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("kinds", Set.of()),
              Map.entry("store", Set.of()),
              Map.entry("images", Set.of()),
              Map.entry("resources", Set.of("kinds", "store")),
              Map.entry("reconcile", Set.of("kinds", "resources")),
              Map.entry("dataplane", Set.of("kinds")),
              Map.entry("node", Set.of("kinds", "dataplane", "images")),
              Map.entry("autoscaler", Set.of("dataplane")),
              Map.entry("gateway", Set.of("dataplane")),
              Map.entry("eventing", Set.of("kinds", "resources", "reconcile", "dataplane")),
              Map.entry(
                  "controllers", Set.of("kinds", "resources", "reconcile", "dataplane", "images")),
              Map.entry(
                  "dialects",
                  Set.of("kinds", "resources", "reconcile", "dataplane", "images", "eventing")),
              Map.entry("apiserver", Set.of("kinds", "resources")),
              Map.entry("cli", Set.of("kinds"))));

  /// The chambers that read and write parts of objects for the rest of their room, as JSON.
  private static final String ROOM_OF_CHAMBERS = "dev.ebb.controllers";

  private static final Set<String> OBJECT_CHAMBERS =
      Set.of(
          ROOM_OF_CHAMBERS + ".workloads",
          ROOM_OF_CHAMBERS + ".podspecs",
          ROOM_OF_CHAMBERS + ".scaling");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.ebb");

  @Test
  void theRoomsKnowOnlyTheRoomsBelowThem() {
    ARROWS.forEach((room, known) -> {
      Stream<String> strangers =
          Stream.concat(ARROWS.keySet().stream(), Stream.of("server"))
              .filter(other -> !other.equals(room) && !known.contains(other));
      noClasses()
          .that()
          .resideInAPackage("dev.ebb." + room + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              strangers.map(other -> "dev.ebb." + other + "..").toArray(String[]::new))
          .check(CLASSES);
    });
  }

  @Test
  void everyRoomIsInTheTable() {
    Set<String> rooms = new java.util.TreeSet<>();
    for (JavaClass type : CLASSES) {
      rooms.add(type.getPackageName().split("\\.")[2]);
    }
    rooms.remove("server");
    assertThat(rooms).containsExactlyElementsOf(ARROWS.keySet());
  }

  @Test
  void onlyTheRoomsOfObjectsShowThirdPartyTypes() {
    DescribedPredicate<JavaClass> thirdParty =
        DescribedPredicate.describe(
            "a third party's type",
            type ->
                !type.isPrimitive()
                    && !type.getPackageName().startsWith("java")
                    && !type.getPackageName().startsWith("dev.ebb")
                    && !type.getPackageName().startsWith("org.jspecify")
                    && !type.getPackageName().isEmpty());
    for (JavaClass type : CLASSES) {
      String room = type.getPackageName().split("\\.")[2];
      boolean open = Set.of("kinds", "resources", "reconcile", "cli", "server").contains(room);
      if (open || !isPublic(type)) {
        continue;
      }
      boolean showsTrees = plansObjectsForItsRoomOnly(type);
      type.getMethods().stream()
          .filter(method ->
              method.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.PUBLIC))
          .filter(method ->
              method.getModifiers().stream().noneMatch(it -> it.name().equals("SYNTHETIC")))
          .forEach(method -> {
            boolean inherited =
                type.getAllRawSuperclasses().stream().anyMatch(parent -> thirdParty.test(parent));
            if (!inherited) {
              assertThat(
                      Stream.concat(
                              Stream.of(method.getRawReturnType()),
                              method.getRawParameterTypes().stream())
                          .filter(thirdParty)
                          .filter(shown -> !showsTrees || !isTree(shown)))
                  .as(method.getFullName())
                  .isEmpty();
            }
          });
    }
  }

  /// What these chambers show is public only because Java knows no package below another. A type of
  /// theirs that another room uses is held to the rule of all.
  private static boolean plansObjectsForItsRoomOnly(JavaClass type) {
    return OBJECT_CHAMBERS.contains(type.getPackageName())
        && type.getDirectDependenciesToSelf().stream()
            .allMatch(use -> use.getOriginClass().getPackageName().startsWith(ROOM_OF_CHAMBERS));
  }

  private static boolean isTree(JavaClass type) {
    return type.getPackageName().startsWith("tools.jackson.databind");
  }

  @Test
  void virtualThreadsAndEventLoopsAreNotPutToSleep() {
    noClasses().should().callMethod(Thread.class, "sleep", long.class).check(CLASSES);
  }

  @Test
  void nothingPrintsToStandardOutputButTheCommands() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.ebb.cli..", "dev.ebb.server..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(CLASSES);
  }

  @Test
  void exceptionsAreUnchecked() {
    classes()
        .that()
        .areAssignableTo(Exception.class)
        .should()
        .beAssignableTo(RuntimeException.class)
        .orShould()
        .beAssignableTo(IOException.class)
        .check(CLASSES);
  }

  @Test
  void noFileIsLongerThanTheCeiling() throws IOException {
    List<String> long500 =
        sources().stream()
            .filter(file -> lines(file) > 500)
            .map(file -> HOME.relativize(file) + ": " + lines(file))
            .toList();
    assertThat(long500).isEmpty();
  }

  /// Not of what builds and tests of other modules make and remove meanwhile.
  private static List<Path> sources() throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        HOME,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            String name = directory.getFileName().toString();
            return name.equals("target") || name.equals(".git")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }

  private static boolean isPublic(JavaClass type) {
    return type.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.PUBLIC);
  }

  private static long lines(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}

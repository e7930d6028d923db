package dev.ebb.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.controllers.Rollout.Pace;
import dev.ebb.controllers.RouteAssignment.Target;
import dev.ebb.dataplane.RevisionId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RolloutPlannerTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /// Revisions are named after their Configuration: `hello-1`. Those in here are deleted.
  private final Set<String> gone = new HashSet<>();

  private Instant now = START;
  private Rollout shown = Rollout.complete(List.of());

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nothing had traffic before | '' | hello-1:100 latest | hello-1:100",
        "the same Revision | hello-1:100 latest | hello-1:100 latest | hello-1:100",
        "a new one | hello-1:100 latest | hello-2:100 latest | hello-1:99 hello-2:1",
        "a target with a name | hello-1:100 | hello-2:100 | hello-2:100",
        "a name, then the latest | hello-1:100 | hello-2:100 latest | hello-2:100",
        "the latest, then a name | hello-1:100 latest | hello-1:100 | hello-1:100",
        "a part | old-1:90, hello-1:10 latest | old-1:90, hello-2:10 latest"
            + " | old-1:90 hello-1:9 hello-2:1",
        "one percent | old-1:99, hello-1:1 latest | old-1:99, hello-2:1 latest"
            + " | old-1:99 hello-2:1",
        "a tag alone | hello-1:100, hello-1:0 latest #next | hello-1:100, hello-2:0 latest #next"
            + " | hello-1:100 hello-2:0#next",
        "a tag with traffic | hello-1:100 latest #now | hello-2:100 latest #now"
            + " | hello-1:99#now hello-2:1#now",
        "two Configurations | hello-1:40 latest, shop-1:60 latest | hello-2:40 latest,"
            + " shop-2:60 latest | hello-1:39 hello-2:1 shop-1:59 shop-2:1",
        "the same Configuration twice | hello-1:100 latest | hello-2:30 latest, hello-2:70 latest"
            + " | hello-1:99 hello-2:1",
        "more than before | old-1:90, hello-1:10 latest | old-1:50, hello-2:50 latest"
            + " | old-1:50 hello-1:49 hello-2:1",
        "less than before | hello-1:100 latest | old-1:60, hello-2:40 latest"
            + " | old-1:60 hello-1:39 hello-2:1",
        "another Configuration | shop-1:100 latest | hello-2:100 latest | hello-2:100",
      })
  void theFirstStep(String why, String before, String goal, String after) {
    shown = Rollout.complete(targets(before));
    assertThat(step(Duration.ofMinutes(1), targets(goal))).as(why).isEqualTo(after);
  }

  @ParameterizedTest
  @CsvSource({
    // seconds, percent, steps after the first, size, milliseconds between them
    "1, 100, 1, 99, 1000",
    "10, 100, 10, 10, 1000",
    "60, 100, 50, 2, 1200",
    "380, 100, 99, 1, 3838",
    "86400, 100, 99, 1, 872727",
    "60, 10, 9, 1, 6666",
    "60, 2, 1, 1, 60000",
  })
  void stepsAreEqualAndTheLastIsDoneWhenTheTimeIsOver(
      int seconds, int percent, int steps, int size, long millis) {
    Duration over = Duration.ofSeconds(seconds);
    int rest = 100 - percent;
    shown = Rollout.complete(targets("old-1:%d, hello-1:%d latest".formatted(rest, percent)));
    List<Target> goal = targets("old-1:%d, hello-2:%d latest".formatted(rest, percent));
    step(over, goal);
    Pace pace = shown.paces().getFirst();
    assertThat(pace.size()).isEqualTo(size);
    assertThat(pace.interval().toMillis()).isEqualTo(millis);

    int done = 0;
    while (shown.inProgress()) {
      now = shown.next().orElseThrow();
      step(over, goal);
      done++;
    }
    assertThat(done).isEqualTo(steps);
    assertThat(Duration.between(now, START.plus(over)))
        .isBetween(Duration.ZERO, Duration.ofMillis(1));
  }

  /// `hello-1` had everything, `hello-2` is the latest now.
  private List<Target> begin(Duration over) {
    shown = Rollout.complete(targets("hello-1:100 latest"));
    List<Target> goal = targets("hello-2:100 latest");
    step(over, goal);
    return goal;
  }

  @Test
  void aRevisionInTheMiddleOfARolloutUsesUpTheNewestOfTheOthersFirst() {
    Duration over = Duration.ofSeconds(10);
    List<Target> second = begin(over);
    now = now.plusSeconds(3);
    assertThat(step(over, second)).isEqualTo("hello-1:69 hello-2:31");

    List<Target> third = targets("hello-3:100 latest");
    assertThat(step(over, third)).isEqualTo("hello-1:69 hello-2:30 hello-3:1");
    now = now.plusSeconds(2);
    assertThat(step(over, third)).isEqualTo("hello-1:69 hello-2:10 hello-3:21");
    now = now.plusSeconds(2);
    assertThat(step(over, third)).isEqualTo("hello-1:59 hello-3:41");

    // Back to one that still has traffic: it goes on from there.
    List<Target> first = targets("hello-1:100 latest");
    assertThat(step(over, first)).isEqualTo("hello-3:41 hello-1:59");
    now = now.plusSeconds(10);
    assertThat(step(over, first)).isEqualTo("hello-1:100");
  }

  @Test
  void percentagesMayChangeInTheMiddle() {
    Duration over = Duration.ofSeconds(10);
    begin(over);
    now = now.plusSeconds(3);
    assertThat(step(over, targets("old-1:40, hello-2:60 latest")))
        .isEqualTo("old-1:40 hello-1:29 hello-2:31");
    assertThat(step(over, targets("old-1:10, hello-2:90 latest")))
        .isEqualTo("old-1:10 hello-1:29 hello-2:61");
    assertThat(step(over, targets("old-1:80, hello-2:20 latest"))).isEqualTo("old-1:80 hello-2:20");
  }

  @Test
  void aTagMayComeAndGoInTheMiddle() {
    Duration over = Duration.ofSeconds(10);
    begin(over);
    now = now.plusSeconds(3);
    assertThat(step(over, targets("hello-2:100 latest #next")))
        .isEqualTo("hello-1:69#next hello-2:31#next");
    now = now.plusSeconds(1);
    assertThat(step(over, targets("hello-2:100 latest #other")))
        .isEqualTo("hello-1:59#other hello-2:41#other");
    now = now.plusSeconds(1);
    assertThat(step(over, targets("hello-2:100 latest"))).isEqualTo("hello-1:49 hello-2:51");
  }

  @Test
  void targetsOfOneConfigurationAreToldApartByTheirTags() {
    Duration over = Duration.ofSeconds(10);
    shown = Rollout.complete(targets("hello-1:40 latest #x, hello-1:60 latest #y"));
    List<Target> goal = targets("hello-2:40 latest #x, hello-2:60 latest #y");
    assertThat(step(over, goal)).isEqualTo("hello-1:39#x hello-2:1#x hello-1:59#y hello-2:1#y");
    now = now.plusSeconds(5);
    assertThat(step(over, goal)).isEqualTo("hello-1:19#x hello-2:21#x hello-1:29#y hello-2:31#y");
    now = now.plusSeconds(5);
    assertThat(step(over, goal)).isEqualTo("hello-2:40#x hello-2:60#y");
  }

  @Test
  void aRevisionThatIsDeletedLeavesItsShareToTheNewest() {
    Duration over = Duration.ofSeconds(10);
    List<Target> goal = begin(over);
    gone.add("hello-1");
    assertThat(step(over, goal)).isEqualTo("hello-2:100");
    assertThat(shown.inProgress()).isFalse();
  }

  @Test
  void aRolloutThatIsSwitchedOffIsOver() {
    shown = Rollout.complete(targets("hello-1:100 latest"));
    List<Target> goal = targets("hello-2:100 latest");
    step(Duration.ofHours(1), goal);
    assertThat(step(Duration.ZERO, goal)).isEqualTo("hello-2:100");
  }

  @Test
  void aClockThatIsSetBackTakesNothingBack() {
    Duration over = Duration.ofSeconds(10);
    List<Target> goal = begin(over);
    now = now.plusSeconds(3);
    step(over, goal);
    now = now.minusSeconds(3600);
    assertThat(step(over, goal)).isEqualTo("hello-1:69 hello-2:31");
  }

  /// Any times between looks, any percentages, Revisions that come at any time, and a server that
  /// knows only what the status says.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void sharesAreWholeAndGrowUntilTheNewestHasAll(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      now = START;
      Duration over = Duration.ofSeconds(1 + random.nextInt(1, 4000));
      int percent = random.nextInt(2, 101);
      int newest = 1;
      String fixed = "old-1:%d".formatted(100 - percent);
      shown = Rollout.complete(targets(fixed + ", hello-1:%d latest".formatted(percent)));
      int had = percent;
      Instant began = now;
      while (newest == 1 || shown.inProgress()) {
        boolean comes = newest < 2 || (newest < 5 && random.nextInt(10) == 0);
        if (comes) {
          newest++;
          began = now;
        } else {
          now = now.plusMillis(random.nextLong(over.toMillis() / 5 + 2));
        }
        step(over, targets(fixed + ", hello-%d:%d latest".formatted(newest, percent)));
        String name = "hello-" + newest;
        int has = percentOf(name);
        assertThat(shown.targets().stream().mapToInt(Target::percent).sum()).isEqualTo(100);
        assertThat(percentOf("old-1")).isEqualTo(100 - percent);
        assertThat(has).isBetween(comes ? 1 : had, percent);
        assertThat(shown.inProgress()).isEqualTo(has < percent);
        if (!now.isBefore(began.plus(over))) {
          assertThat(has).as("%s after %s of %s", name, now, over).isEqualTo(percent);
        }
        had = has;
      }
      assertThat(percentOf("hello-" + newest)).isEqualTo(percent);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no JSON",
        "[]",
        "{'configurations': 7}",
        "{'configurations': [{'configurationName': 'hello'}]}",
        "{'configurations': [{'configurationName': 'hello', 'stepParams':"
            + " {'nextStepTime': 1, 'stepDuration': 0, 'stepSize': 1}}]}",
        "{'configurations': [{'configurationName': 'hello', 'stepParams':"
            + " {'nextStepTime': 1, 'stepDuration': 1, 'stepSize': 101}}]}"
      })
  void anAnnotationOfSomebodyElseIsNoPace(String annotation) {
    assertThat(Rollout.parse(annotation.replace('\'', '"'))).isEmpty();
  }

  /// One look at the Route, by a server that knows only what the last one wrote.
  private String step(Duration over, List<Target> goal) {
    shown =
        new RolloutPlanner(
                shown.targets(),
                Rollout.parse(shown.annotation()),
                over,
                revision ->
                    gone.contains(revision.name())
                        ? Optional.empty()
                        : Optional.of(revision.name().split("-", -1)[0]),
                now)
            .plan(goal);
    return shown.targets().stream()
        .filter(target -> target.percent() > 0 || target.tag().isPresent())
        .map(RolloutPlannerTest::describe)
        .collect(Collectors.joining(" "));
  }

  private int percentOf(String revision) {
    return shown.targets().stream()
        .filter(target -> target.revision().name().equals(revision))
        .flatMapToInt(target -> IntStream.of(target.percent()))
        .sum();
  }

  private static List<Target> targets(String text) {
    List<Target> targets = new ArrayList<>();
    for (String one : text.isEmpty() ? new String[0] : text.split(", *", -1)) {
      String[] words = one.split("[: #]+", -1);
      targets.add(
          new Target(
              new RevisionId("default", words[0]),
              Integer.parseInt(words[1]),
              one.contains(" latest"),
              one.contains("#")
                  ? Optional.of(one.substring(one.indexOf('#') + 1))
                  : Optional.empty()));
    }
    return targets;
  }

  private static String describe(Target target) {
    return target.revision().name()
        + ":"
        + target.percent()
        + target.tag().map(tag -> "#" + tag).orElse("");
  }
}

package dev.ebb.kinds.api;

import dev.ebb.kinds.api.ApiField.Presence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The text of one group and version, cut into its types; each is read when somebody asks for it.
final class TypeReader {
  private static final Map<String, Scalar> SCALARS =
      Arrays.stream(Scalar.values()).collect(Collectors.toMap(Scalar::word, Function.identity()));

  private final String packageName;
  private final Map<String, List<String>> blocks = new HashMap<>();

  /// @param packageName `core.v1`
  TypeReader(String packageName, Stream<String> lines) {
    this.packageName = packageName;
    List<String> block = new ArrayList<>();
    for (String line : (Iterable<String>) lines::iterator) {
      if (line.startsWith("#") || line.isBlank()) {
        continue;
      }
      if (line.charAt(0) != ' ') {
        block = new ArrayList<>();
        blocks.put(line.split(" ", 3)[1], block);
      }
      block.add(line);
    }
  }

  Optional<ApiType> type(String name) {
    return Optional.ofNullable(blocks.get(name))
        .filter(block -> !isEnum(block))
        .map(block -> read(packageName + "." + name, block));
  }

  /// The texts of an enum.
  Optional<List<String>> choice(String name) {
    return Optional.ofNullable(blocks.get(name))
        .filter(TypeReader::isEnum)
        .map(block -> {
          String[] words = String.join(" ", block).split(" +");
          return Arrays.stream(words, 2, words.length)
              .map(word -> word.equals("\"\"") ? "" : word)
              .toList();
        });
  }

  private static boolean isEnum(List<String> block) {
    return block.getFirst().startsWith("enum ");
  }

  private ApiType read(String name, List<String> block) {
    Line head = Line.of(block.getFirst());
    return new ApiType(
        name,
        head.words().getFirst().equals("kind"),
        head.words().contains("atomic"),
        head.doc(),
        block.stream().skip(1).map(this::field).toList());
  }

  private ApiField field(String text) {
    Line line = Line.of(text);
    List<String> words = line.words();
    String marked = words.get(1);
    char mark = marked.charAt(marked.length() - 1);
    Presence presence =
        switch (mark) {
          case '*' -> Presence.REQUIRED;
          case '+' -> Presence.TOLD;
          case '?' -> Presence.POINTER;
          default -> Presence.PLAIN;
        };
    List<String> rest = words.subList(3, words.size());
    return new ApiField(
        Integer.parseInt(words.getFirst()),
        presence == Presence.PLAIN ? marked : marked.substring(0, marked.length() - 1),
        presence,
        valueType(words.get(2)),
        rest.stream().filter(word -> word.startsWith("=")).findFirst().map(w -> w.substring(1)),
        rest.stream().filter(word -> !word.startsWith("=")).toList(),
        line.doc());
  }

  private ValueType valueType(String text) {
    if (text.startsWith("[]")) {
      return new ValueType.ListOf(valueType(text.substring(2)));
    }
    if (text.startsWith("{")) {
      return new ValueType.MapOf(valueType(text.substring(1, text.length() - 1)));
    }
    Scalar scalar = SCALARS.get(text);
    return scalar == null
        ? new ValueType.Named(text.contains(".") ? text : packageName + "." + text)
        : new ValueType.Plain(scalar);
  }

  private record Line(List<String> words, String doc) {
    static Line of(String text) {
      int bar = text.indexOf(" | ");
      String words = (bar < 0 ? text : text.substring(0, bar)).strip();
      return new Line(List.of(words.split(" +")), bar < 0 ? "" : text.substring(bar + 3));
    }
  }
}

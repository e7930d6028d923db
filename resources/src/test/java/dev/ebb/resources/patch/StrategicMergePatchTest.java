package dev.ebb.resources.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

final class StrategicMergePatchTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  /// `list` merges by `n`, `ports` by `p` inside of it, `set` is a set, `plain` has no strategy.
  private static final ObjectNode SCHEMA =
      json(
          """
          {'type': 'object', 'properties': {
            'list': {'type': 'array', 'x-kubernetes-patch-strategy': 'merge',
                     'x-kubernetes-patch-merge-key': 'n',
                     'items': {'type': 'object', 'properties': {
                       'ports': {'type': 'array', 'x-kubernetes-patch-strategy': 'merge',
                                 'x-kubernetes-patch-merge-key': 'p'}}}},
            'set': {'type': 'array', 'x-kubernetes-patch-strategy': 'merge'},
            'volumes': {'type': 'array', 'x-kubernetes-patch-strategy': 'merge,retainKeys',
                        'x-kubernetes-patch-merge-key': 'n'},
            'plain': {'type': 'array'}, 'map': {'type': 'object'}}}
          """);

  static Stream<Arguments> applied() {
    return Stream.of(
        arguments(
            "maps merge, null removes",
            "{'map':{'a':1,'b':2}}",
            "{'map':{'a':null,'c':3}}",
            "{'map':{'b':2,'c':3}}"),
        arguments(
            "a list without strategy is replaced",
            "{'plain':[1,2]}",
            "{'plain':[3]}",
            "{'plain':[3]}"),
        arguments("a set grows", "{'set':['a','b']}", "{'set':['b','c']}", "{'set':['a','b','c']}"),
        arguments(
            "items merge by their key",
            "{'list':[{'n':'a','x':1},{'n':'b','x':2}]}",
            "{'list':[{'n':'b','y':3}]}",
            "{'list':[{'n':'a','x':1},{'n':'b','x':2,'y':3}]}"),
        arguments(
            "a new item comes first",
            "{'list':[{'n':'a'}]}",
            "{'list':[{'n':'z'}]}",
            "{'list':[{'n':'z'},{'n':'a'}]}"),
        arguments(
            "lists in items merge too",
            "{'list':[{'n':'a','ports':[{'p':80,'x':1}]}]}",
            "{'list':[{'n':'a','ports':[{'p':80,'y':2},{'p':443}]}]}",
            "{'list':[{'n':'a','ports':[{'p':80,'x':1,'y':2},{'p':443}]}]}"),
        arguments(
            "an item is deleted",
            "{'list':[{'n':'a'},{'n':'b'}]}",
            "{'list':[{'$patch':'delete','n':'a'}]}",
            "{'list':[{'n':'b'}]}"),
        arguments(
            "deleting what is not there",
            "{'list':[{'n':'a'}]}",
            "{'list':[{'$patch':'delete','n':'z'}]}",
            "{'list':[{'n':'a'}]}"),
        arguments(
            "a list is replaced",
            "{'list':[{'n':'a'}]}",
            "{'list':[{'n':'b'},{'$patch':'replace'}]}",
            "{'list':[{'n':'b'}]}"),
        arguments(
            "a map is replaced",
            "{'map':{'a':1}}",
            "{'map':{'$patch':'replace','b':2}}",
            "{'map':{'b':2}}"),
        arguments(
            "a map is emptied", "{'map':{'a':1}}", "{'map':{'$patch':'delete'}}", "{'map':{}}"),
        arguments(
            "nothing to delete in what is new",
            "{}",
            "{'map':{'a':null,'b':{'$patch':'merge','c':1}}}",
            "{'map':{'b':{'c':1}}}"),
        arguments(
            "a new list has no directives",
            "{}",
            "{'list':[{'n':'a','x':null},{'n':'b','$patch':'delete'}]}",
            "{'list':[{'n':'a'}]}"),
        arguments(
            "primitives are deleted",
            "{'set':['a','b','c']}",
            "{'$deleteFromPrimitiveList/set':['a','c']}",
            "{'set':['b']}"),
        arguments(
            "primitives are deleted and added",
            "{'set':['a','b']}",
            "{'$deleteFromPrimitiveList/set':['a'],'$setElementOrder/set':['c','b'],'set':['c']}",
            "{'set':['c','b']}"),
        arguments(
            "an order alone sorts",
            "{'list':[{'n':'a'},{'n':'b'}]}",
            "{'$setElementOrder/list':[{'n':'b'},{'n':'a'}]}",
            "{'list':[{'n':'b'},{'n':'a'}]}"),
        arguments(
            "an order keeps what it does not name in place",
            "{'list':[{'n':'a'},{'n':'s'},{'n':'b'}]}",
            "{'$setElementOrder/list':[{'n':'a'},{'n':'b'},{'n':'c'}],'list':[{'n':'c'}]}",
            "{'list':[{'n':'a'},{'n':'s'},{'n':'b'},{'n':'c'}]}"),
        arguments(
            "keys that are not retained go",
            "{'volumes':[{'n':'v','emptyDir':{}}]}",
            "{'volumes':[{'n':'v','$retainKeys':['n','secret'],'secret':{'s':'x'}}]}",
            "{'volumes':[{'n':'v','secret':{'s':'x'}}]}"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("applied")
  void aPatchThatFitsIsApplied(String name, String target, String patch, String result) {
    ObjectNode before = json(target);
    ObjectNode change = json(patch);
    assertThat(StrategicMergePatch.apply(before, change, SCHEMA).toString())
        .isEqualTo(json(result).toString());
    assertThat(before).isEqualTo(json(target));
    assertThat(change).isEqualTo(json(patch));
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        arguments("{'map':{'a':1}}", "{'map':{'$patch':'spin'}}", "unknown patch type found: spin"),
        arguments(
            "{'list':[]}",
            "{'list':[{'x':1}]}",
            "an item of the list \"list\" does not contain the declared merge key: n"),
        arguments(
            "{'list':[]}",
            "{'list':['x']}",
            "an item of the list \"list\" does not contain the declared merge key: n"),
        arguments(
            "{'map':{}}",
            "{'map':{'$retainKeys':['a'],'b':1}}",
            "the $retainKeys directive does not list the field \"b\" of the patch"),
        arguments(
            "{'map':{}}",
            "{'map':{'$retainKeys':'a'}}",
            "the directive $retainKeys must be a list"),
        arguments(
            "{'list':[]}",
            "{'$setElementOrder/list':[{'n':'a'}],'list':[{'n':'b'}]}",
            "the list \"list\" of the patch has items that its $setElementOrder does not have"));
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("refused")
  void aPatchThatCannotBeFollowedChangesNothing(String target, String patch, String problem) {
    ObjectNode before = json(target);
    PatchException refusal =
        catchThrowableOfType(
            PatchException.class, () -> StrategicMergePatch.apply(before, json(patch), SCHEMA));
    assertThat(refusal.problem()).isEqualTo(problem);
    assertThat(refusal.sort()).isEqualTo(PatchException.Sort.MALFORMED);
    assertThat(before).isEqualTo(json(target));
  }

  private static ObjectNode json(String text) {
    return (ObjectNode) MAPPER.readTree(text.replace('\'', '"'));
  }
}

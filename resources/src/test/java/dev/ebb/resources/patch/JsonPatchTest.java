package dev.ebb.resources.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class JsonPatchTest {
  private static final JsonMapper MAPPER = new JsonMapper();

  static Stream<Arguments> applied() {
    return Stream.of(
        arguments("a member is added", "{}", "[{'op':'add','path':'/a','value':1}]", "{'a':1}"),
        arguments(
            "a member is replaced by add",
            "{'a':2}",
            "[{'op':'add','path':'/a','value':1}]",
            "{'a':1}"),
        arguments(
            "an item is inserted", "[1,3]", "[{'op':'add','path':'/1','value':2}]", "[1,2,3]"),
        arguments(
            "an item is inserted at the end",
            "[1]",
            "[{'op':'add','path':'/1','value':2}]",
            "[1,2]"),
        arguments(
            "an item is appended", "[1]", "[{'op':'add','path':'/-','value':[2]}]", "[1,[2]]"),
        arguments("null is a value", "{}", "[{'op':'add','path':'/a','value':null}]", "{'a':null}"),
        arguments("the whole document", "{'a':1}", "[{'op':'add','path':'','value':{}}]", "{}"),
        arguments("the empty name", "{'':1}", "[{'op':'replace','path':'/','value':2}]", "{'':2}"),
        arguments(
            "escapes",
            "{'a/b':1,'m~n':2,'~1':3}",
            "[{'op':'remove','path':'/a~1b'},{'op':'remove','path':'/m~0n'},{'op':'remove','path':'/~01'}]",
            "{}"),
        arguments("an item is removed", "[1,2,3]", "[{'op':'remove','path':'/1'}]", "[1,3]"),
        arguments(
            "an item is replaced",
            "[1,2]",
            "[{'op':'replace','path':'/0','value':'x'}]",
            "['x',2]"),
        arguments("digits name a member", "{'0':1}", "[{'op':'remove','path':'/0'}]", "{}"),
        arguments(
            "a member is moved",
            "{'a':{'b':1}}",
            "[{'op':'move','from':'/a/b','path':'/c'}]",
            "{'a':{},'c':1}"),
        arguments(
            "an item is moved", "[1,2,3]", "[{'op':'move','from':'/0','path':'/2'}]", "[2,3,1]"),
        arguments(
            "a move to itself", "{'a':1}", "[{'op':'move','from':'/a','path':'/a'}]", "{'a':1}"),
        arguments(
            "a copy is its own",
            "{'a':{'b':1}}",
            "[{'op':'copy','from':'/a','path':'/c'},{'op':'add','path':'/c/b','value':2}]",
            "{'a':{'b':1},'c':{'b':2}}"),
        arguments(
            "a test that holds",
            "{'a':[1,{'b':1.0}]}",
            "[{'op':'test','path':'/a','value':[1,{'b':1}]}]",
            "{'a':[1,{'b':1.0}]}"),
        arguments(
            "unknown members are ignored",
            "{}",
            "[{'op':'add','path':'/a','value':1,'x':2}]",
            "{'a':1}"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("applied")
  void aPatchThatFitsIsApplied(String name, String target, String patch, String result) {
    JsonNode before = json(target);
    assertThat(JsonPatch.apply(before, json(patch))).isEqualTo(json(result));
    assertThat(before).isEqualTo(json(target));
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        arguments("{}", "{}", true, "a JSON patch must be an array of operations"),
        arguments("{}", "[1]", true, "an operation of a JSON patch must be an object"),
        arguments("{}", "[{'op':'spin','path':''}]", true, "unexpected kind: spin"),
        arguments(
            "{}", "[{'path':''}]", true, "an operation of a JSON patch needs \"op\" as a string"),
        arguments(
            "{}",
            "[{'op':'remove'}]",
            true,
            "an operation of a JSON patch needs \"path\" as a string"),
        arguments(
            "{}",
            "[{'op':'copy','path':'/a'}]",
            true,
            "an operation of a JSON patch needs \"from\" as a string"),
        arguments(
            "{}",
            "[{'op':'add','path':'/a'}]",
            true,
            "add operation of a JSON patch has no \"value\""),
        arguments(
            "{}", "[{'op':'remove','path':'a'}]", true, "JSON pointer \"a\" must begin with /"),
        arguments(
            "{}",
            "[{'op':'remove','path':'/a~2'}]",
            true,
            "JSON pointer \"/a~2\": ~ must be followed by 0 or 1"),
        arguments(
            "{}",
            "[{'op':'remove','path':'/a~'}]",
            true,
            "JSON pointer \"/a~\": ~ must be followed by 0 or 1"),
        arguments(
            "{}",
            "[{'op':'remove','path':'/a'}]",
            false,
            "remove operation does not apply: doc is missing path: /a: missing value"),
        arguments(
            "{}",
            "[{'op':'replace','path':'/a','value':1}]",
            false,
            "replace operation does not apply: doc is missing path: /a: missing value"),
        arguments(
            "{}",
            "[{'op':'add','path':'/a/b','value':1}]",
            false,
            "add operation does not apply: doc is missing path: /a: missing value"),
        arguments(
            "{'a':1}",
            "[{'op':'add','path':'/a/b','value':1}]",
            false,
            "add operation does not apply: doc is missing path: /a/b: missing value"),
        arguments(
            "[1]",
            "[{'op':'add','path':'/2','value':1}]",
            false,
            "add operation does not apply: index 2 of /2 is out of bounds"),
        arguments(
            "[1]",
            "[{'op':'remove','path':'/1'}]",
            false,
            "remove operation does not apply: index 1 of /1 is out of bounds"),
        arguments(
            "[1,2]",
            "[{'op':'remove','path':'/01'}]",
            false,
            "remove operation does not apply: \"01\" in /01 is not an array index"),
        arguments(
            "[1]",
            "[{'op':'remove','path':'/-'}]",
            false,
            "remove operation does not apply: \"-\" in /- is not an array index"),
        arguments(
            "[1]",
            "[{'op':'remove','path':'/99999999999'}]",
            false,
            "remove operation does not apply: \"99999999999\" in /99999999999 is not an array index"),
        arguments(
            "{'a':1}",
            "[{'op':'remove','path':''}]",
            false,
            "remove operation: cannot remove the whole document"),
        arguments(
            "{'a':{}}",
            "[{'op':'move','from':'/a','path':'/a/b'}]",
            false,
            "move operation: cannot move \"/a\" into itself"),
        arguments(
            "{'a':'x'}",
            "[{'op':'test','path':'/a','value':'y'}]",
            false,
            "testing value /a failed: test failed"),
        arguments(
            "{'a':1}",
            "[{'op':'test','path':'/a','value':'1'}]",
            false,
            "testing value /a failed: test failed"));
  }

  @ParameterizedTest(name = "{3}")
  @MethodSource("refused")
  void aPatchThatDoesNotFitChangesNothing(
      String target, String patch, boolean malformed, String problem) {
    JsonNode before = json(target);
    PatchException refusal =
        catchThrowableOfType(PatchException.class, () -> JsonPatch.apply(before, json(patch)));
    assertThat(refusal.problem()).isEqualTo(problem);
    assertThat(refusal.sort())
        .isEqualTo(malformed ? PatchException.Sort.MALFORMED : PatchException.Sort.DOES_NOT_APPLY);
    assertThat(before).isEqualTo(json(target));
  }

  @Test
  void tooManyOperationsAreRefused() {
    String many = "[" + "{'op':'test','path':'','value':1},".repeat(10_000);
    JsonNode patch = json(many + "{'op':'test','path':'','value':1}]");
    PatchException refusal =
        catchThrowableOfType(PatchException.class, () -> JsonPatch.apply(json("1"), patch));
    assertThat(refusal.problem())
        .isEqualTo("The allowed maximum operations in a JSON patch is 10000, got 10001");
  }

  private static JsonNode json(String text) {
    return MAPPER.readTree(text.replace('\'', '"'));
  }
}

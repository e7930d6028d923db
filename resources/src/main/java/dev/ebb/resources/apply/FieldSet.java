package dev.ebb.resources.apply;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A set of paths into an object, as a tree whose edges are path elements in the words of
/// `fieldsV1`: `f:NAME` a field, `k:{...}` the list item with these keys, `v:VALUE` the item of a
/// set. Immutable.
///
/// @param member whether the path that ends here is in the set
record FieldSet(boolean member, SortedMap<String, FieldSet> children) {
  static final FieldSet EMPTY = new FieldSet(false, new TreeMap<>());
  static final FieldSet LEAF = new FieldSet(true, new TreeMap<>());

  private static final String SELF = ".";
  private static final Pattern ELEMENT = Pattern.compile("(f:|v:|i:[0-9]|k:\\{).*", Pattern.DOTALL);

  boolean isEmpty() {
    return !member && children.isEmpty();
  }

  FieldSet child(String element) {
    return children.getOrDefault(element, EMPTY);
  }

  FieldSet union(FieldSet other) {
    SortedMap<String, FieldSet> all = new TreeMap<>(children);
    other.children.forEach((element, set) -> all.merge(element, set, FieldSet::union));
    return new FieldSet(member || other.member, all);
  }

  FieldSet minus(FieldSet other) {
    SortedMap<String, FieldSet> rest = new TreeMap<>();
    children.forEach((element, set) -> put(rest, element, set.minus(other.child(element))));
    return new FieldSet(member && !other.member, rest);
  }

  FieldSet intersection(FieldSet other) {
    SortedMap<String, FieldSet> both = new TreeMap<>();
    children.forEach((element, set) -> put(both, element, set.intersection(other.child(element))));
    return new FieldSet(member && other.member, both);
  }

  FieldSet without(String element) {
    SortedMap<String, FieldSet> rest = new TreeMap<>(children);
    rest.remove(element);
    return new FieldSet(member, rest);
  }

  /// A set of one child; empty when the child is.
  static FieldSet of(Map<String, FieldSet> children) {
    SortedMap<String, FieldSet> sorted = new TreeMap<>();
    children.forEach((element, set) -> put(sorted, element, set));
    return new FieldSet(false, sorted);
  }

  FieldSet asMember() {
    return new FieldSet(true, children);
  }

  private static void put(Map<String, FieldSet> sets, String element, FieldSet set) {
    if (!set.isEmpty()) {
      sets.put(element, set);
    }
  }

  /// Whether each path element is one, so that [#paths] can show it.
  static boolean isReadable(JsonNode fieldsV1) {
    if (!fieldsV1.isObject()) {
      return false;
    }
    for (Map.Entry<String, JsonNode> child : fieldsV1.properties()) {
      if (!child.getKey().equals(SELF)
          && !(ELEMENT.matcher(child.getKey()).matches() && isReadable(child.getValue()))) {
        return false;
      }
    }
    return true;
  }

  static FieldSet read(JsonNode fieldsV1) {
    if (fieldsV1.isEmpty()) {
      return LEAF;
    }
    SortedMap<String, FieldSet> children = new TreeMap<>();
    for (Map.Entry<String, JsonNode> child : fieldsV1.properties()) {
      if (!child.getKey().equals(SELF)) {
        children.put(child.getKey(), read(child.getValue()));
      }
    }
    return new FieldSet(fieldsV1.has(SELF), children);
  }

  ObjectNode write() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (member && !children.isEmpty()) {
      json.putObject(SELF);
    }
    children.forEach((element, set) -> json.set(element, set.write()));
    return json;
  }

  /// The paths as messages name them: `.spec.containers[name="a"].image`.
  List<String> paths() {
    List<String> paths = new ArrayList<>();
    collect("", paths);
    return paths;
  }

  private void collect(String path, List<String> paths) {
    if (member) {
      paths.add(path);
    }
    children.forEach((element, set) -> set.collect(path + readable(element), paths));
  }

  private static String readable(String element) {
    String rest = element.substring(2);
    return switch (element.charAt(0)) {
      case 'f' -> "." + rest;
      case 'k' -> "[" + rest.substring(1, rest.length() - 1).replaceAll("\"(\\w+)\":", "$1=") + "]";
      case 'v' -> "[=" + rest + "]";
      default -> "[" + rest + "]";
    };
  }
}

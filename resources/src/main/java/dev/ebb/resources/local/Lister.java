package dev.ebb.resources.local;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.ObjectList;
import dev.ebb.store.CompactedException;
import dev.ebb.store.Entry;
import dev.ebb.store.Page;
import dev.ebb.store.Store;
import java.util.ArrayList;
import java.util.List;

/// Lists in consistent pages: every page of a listing shows the revision of its first page.
final class Lister {
  /// With a selector most of what is read may not match; so many are read at a time then.
  private static final int CHUNK = 500;

  private static final String EXACT = "Exact";
  private static final String NOT_OLDER_THAN = "NotOlderThan";

  private final Store store;
  private final ObjectCodec codec;

  Lister(Store store, ObjectCodec codec) {
    this.store = store;
    this.codec = codec;
  }

  ObjectList list(KindDefinition kind, ListQuery query) {
    Selection selection = Selection.parse(kind, query.labelSelector(), query.fieldSelector());
    return query.continueToken().isEmpty()
        ? first(kind, query, selection)
        : next(kind, query, selection);
  }

  private ObjectList first(KindDefinition kind, ListQuery query, Selection selection) {
    long version = ResourceVersions.parse(query.resourceVersion());
    ResourceVersions.requireNotInFuture(version, store);
    boolean exact =
        switch (query.resourceVersionMatch()) {
          case EXACT -> true;
          case NOT_OLDER_THAN -> false;
          default -> query.limit() > 0; // as it was before clients could say what they mean
        };
    try {
      return pages(kind, "", exact ? version : 0, query, selection);
    } catch (CompactedException e) {
      throw ApiException.expired("The resourceVersion for the provided list is too old.");
    }
  }

  private ObjectList next(KindDefinition kind, ListQuery query, Selection selection) {
    if (!query.resourceVersion().isEmpty() && !query.resourceVersion().equals("0")) {
      throw ApiException.badRequest(
          "specifying resource version is not allowed when using continue");
    }
    ContinueToken token = ContinueToken.parse(query.continueToken());
    long revision = token.revision() == ContinueToken.NEWEST ? 0 : token.revision();
    try {
      return pages(
          kind,
          StoreKeys.prefix(kind, query.namespace()) + token.start(),
          revision,
          query,
          selection);
    } catch (CompactedException e) {
      throw ApiException.expired(
          "The provided continue parameter is too old to display a consistent list result. You can"
              + " start a new list without the continue parameter, or use the continue token in"
              + " this response to retrieve the remainder of the results. Continuing with the"
              + " provided token results in an inconsistent list - objects that were created,"
              + " modified, or deleted between the time the first chunk was returned and now may"
              + " show up in the list.",
          new ContinueToken(ContinueToken.NEWEST, token.start()).toString());
    }
  }

  /// Reads on while a selector leaves the page short.
  private ObjectList pages(
      KindDefinition kind, String startAfter, long revision, ListQuery query, Selection selection) {
    String prefix = StoreKeys.prefix(kind, query.namespace());
    int limit = Math.max(0, query.limit());
    List<KubernetesObject> items = new ArrayList<>();
    String after = startAfter;
    long at = revision;
    int chunk = limit == 0 || selection.isEverything() ? limit : Math.max(limit, CHUNK);
    while (true) {
      Page page = store.list(prefix, after, chunk, at);
      at = page.revision();
      int read = 0;
      for (Entry entry : page.entries()) {
        read++;
        after = entry.key();
        KubernetesObject object = codec.decode(kind, entry);
        if (selection.test(object)) {
          items.add(object);
          if (items.size() == limit) {
            break;
          }
        }
      }
      long remaining = page.remaining() + page.entries().size() - read;
      boolean more = remaining > 0;
      if (!more || items.size() == limit) {
        String token =
            more ? new ContinueToken(at, after.substring(prefix.length())).toString() : "";
        // With a selector nobody knows how many of the rest will match.
        return new ObjectList(
            items, Long.toString(at), token, selection.isEverything() ? remaining : 0);
      }
    }
  }
}

package dev.ebb.dataplane;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Files that containers of one instance can mount: Kubernetes's Volume.
public record Volume(String name, Source source) {
  public sealed interface Source {}

  /// One or several sources in one directory; a `secret`, `configMap` or `downwardAPI` volume is a
  /// projection of one.
  ///
  /// @param defaultMode of the files
  public record Projected(List<Projection> projections, int defaultMode) implements Source {
    public Projected {
      projections = List.copyOf(projections);
    }
  }

  /// Empty at the start of the instance, gone with it.
  ///
  /// @param inMemory counts for the containers' memory
  /// @param sizeLimit bytes
  public record EmptyDir(boolean inMemory, OptionalLong sizeLimit) implements Source {}

  /// @param type as Kubernetes has it: empty, `Directory`, `DirectoryOrCreate`, `File`, ...
  public record HostPath(String path, String type) implements Source {}

  public record PersistentVolumeClaim(String claim, boolean readOnly) implements Source {}

  /// What one directory is made of.
  public sealed interface Projection {}

  /// @param items which keys, and where; all of them under their own names when empty
  public record Secret(String name, List<Item> items, boolean optional) implements Projection {
    public Secret {
      items = List.copyOf(items);
    }
  }

  /// @param items which keys, and where; all of them under their own names when empty
  public record ConfigMap(String name, List<Item> items, boolean optional) implements Projection {
    public ConfigMap {
      items = List.copyOf(items);
    }
  }

  /// @param audience empty for the API server
  public record ServiceAccountToken(String audience, Duration expiration, String path)
      implements Projection {}

  public record DownwardApi(List<FieldFile> files) implements Projection {
    public DownwardApi {
      files = List.copyOf(files);
    }
  }

  /// @param key of a Secret or ConfigMap
  /// @param path of the file, relative
  public record Item(String key, String path, OptionalInt mode) {}

  /// @param field a [EnvironmentVariable.PodField] or [EnvironmentVariable.ResourceField], whose
  ///   name is not used
  public record FieldFile(String path, EnvironmentVariable field, OptionalInt mode) {}
}

package dev.ebb.server;

import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.MetricFamily.Sample;
import dev.ebb.dataplane.MetricFamily.Value;
import dev.ebb.dataplane.MetricSource;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The file system of the data directory: what is full there refuses calls, images and objects.
record DiskMetrics(Path directory) implements MetricSource {
  private interface Amount {
    long of(FileStore disk) throws IOException;
  }

  @Override
  public List<MetricFamily> metrics() {
    return List.of(
        gauge(
            "ebb_disk_size_bytes",
            "Size of the file system of the data directory.",
            FileStore::getTotalSpace),
        gauge(
            "ebb_disk_free_bytes",
            "What Ebb can still write to the file system of the data directory.",
            FileStore::getUsableSpace));
  }

  private MetricFamily gauge(String name, String help, Amount amount) {
    return new MetricFamily(
        name,
        help,
        MetricFamily.Type.GAUGE,
        List.of(new Sample(Map.of(), new Value.Scalar(read(amount)))));
  }

  private double read(Amount amount) {
    try {
      return amount.of(Files.getFileStore(directory));
    } catch (IOException e) {
      // What cannot be asked is unknown, which Prometheus writes as this.
      return Double.NaN;
    }
  }
}

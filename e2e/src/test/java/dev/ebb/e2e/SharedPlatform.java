package dev.ebb.e2e;

import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// One running platform for all test classes of this JVM that take it as a parameter, with one
/// function whose image the tests' Knative Services run; it ends with the JVM, whose classes are
/// run one by one. Each test works in a namespace of its own, so they do not see each other.
public final class SharedPlatform implements ParameterResolver {
  private static final String FUNCTION =
      """
      apiVersion: ebb.dev/v1
      kind: Function
      metadata:
        name: talker
      spec:
        runtime: python
        source:
          inline: |
            import os
            def main():
                print("I was called", flush=True)
                return os.environ.get("TARGET", "Hello") + "\\n"
      """;

  /// A platform, the image of its function, and a kubeconfig for its administrator.
  record Shared(Platform platform, String image) implements AutoCloseable {
    private static Shared start() {
      Platform platform = Platform.start();
      try {
        return prepared(platform);
      } catch (RuntimeException | Error e) {
        platform.close();
        throw e;
      }
    }

    private static Shared prepared(Platform platform) {
      // Services of all namespaces run the function.
      platform
          .kubectl(
              "create",
              "rolebinding",
              "all-look",
              "-n",
              "default",
              "--clusterrole=view",
              "--group=system:serviceaccounts")
          .run()
          .orFail();
      platform.write("talker.yaml", FUNCTION);
      platform.ebb("apply", "-f", "talker.yaml").run().orFail();
      String path = "jsonpath={.spec.template.spec.containers[0].image}";
      Awaitility.await("the function's image")
          .until(() -> platform.kubectl("get", "ksvc", "talker").run().exitCode() == 0);
      return new Shared(
          platform, platform.kubectl("get", "ksvc", "talker", "-o", path).run().orFail().out());
    }

    /// An empty namespace. Nobody removes it: the platform goes as a whole.
    String namespace(String name) {
      platform.kubectl("create", "namespace", name).run().orFail();
      return name;
    }

    /// A `kn` in a namespace of its own.
    Kn kn(String namespace) {
      return new Kn(Path.of(platform.kubeconfig()), namespace(namespace), image);
    }

    @Override
    public void close() {
      platform.close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Shared.class;
  }

  @Override
  public Shared resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getStore(
            ExtensionContext.StoreScope.LAUNCHER_SESSION,
            ExtensionContext.Namespace.create(SharedPlatform.class))
        .computeIfAbsent(Shared.class, type -> Shared.start(), Shared.class);
  }
}

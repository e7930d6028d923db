import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;

/// Makes the libraries of a build quick to start from. What is done here once would else be done by
/// every start of the server and of every command:
///
/// - Classes older than Java 6 (picocli's are of Java 5) get stack maps. Without them the JVM uses
///   its old verifier, and the AOT cache leaves such classes out (JEP 483): 100 ms of CPU.
/// - Signatures of jars are removed (BouncyCastle's). The AOT cache leaves signed classes out, and
///   the first of them has the whole jar's manifest verified: 150 ms of CPU. Who built the
///   libraries is Maven's to check, when it downloads them.
/// - Native libraries are laid beside the jars, where `System.loadLibrary` finds them: no unpacking
///   into the temporary directory, and nothing left there by a server that was killed.
///
/// Usage: java PrepareLibraries.java DIRECTORY-OF-JARS DIRECTORY-OF-NATIVE-LIBRARIES
class PrepareLibraries {
  private static final int JAVA_6 = 50;
  private static final Pattern SIGNATURE = Pattern.compile("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");

  public static void main(String[] arguments) throws IOException {
    Path natives = Files.createDirectories(Path.of(arguments[1]));
    Pattern ours = nativeLibraries(System.getProperty("os.arch"));
    List<Path> jars = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of(arguments[0]), "*.jar")) {
      found.forEach(jars::add);
    }
    for (Path jar : jars) {
      boolean rewrite;
      try (JarFile in = new JarFile(jar.toFile(), false)) {
        rewrite = false;
        for (JarEntry entry : Collections.list(in.entries())) {
          rewrite |= isSignature(entry) || isOldClass(in, entry);
          if (ours.matcher(entry.getName()).matches()) {
            unpack(in, entry, natives);
          }
        }
      }
      if (rewrite) {
        rewrite(jar);
      }
    }
  }

  /// The names in the jars of sqlite-jdbc and of Netty for this machine.
  private static Pattern nativeLibraries(String architecture) throws IOException {
    boolean arm = architecture.equals("aarch64");
    // Alpine's libc is musl; its loader is there and nowhere else.
    boolean musl;
    try (var loaders = Files.newDirectoryStream(Path.of("/lib"), "ld-musl-*")) {
      musl = loaders.iterator().hasNext();
    }
    return Pattern.compile(
        "org/sqlite/native/%s/%s/libsqlitejdbc\\.so|META-INF/native/libnetty_.*_%s\\.so"
            .formatted(
                musl ? "Linux-Musl" : "Linux",
                arm ? "aarch64" : "x86_64",
                arm ? "aarch_64" : "x86_64"));
  }

  private static void unpack(JarFile jar, JarEntry entry, Path natives) throws IOException {
    Path name = Path.of(entry.getName()).getFileName();
    try (InputStream in = jar.getInputStream(entry)) {
      Files.copy(in, natives.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static boolean isSignature(JarEntry entry) {
    return SIGNATURE.matcher(entry.getName()).matches();
  }

  private static boolean isOldClass(JarFile jar, JarEntry entry) throws IOException {
    if (!entry.getName().endsWith(".class") || entry.getName().endsWith("module-info.class")) {
      return false;
    }
    try (InputStream in = jar.getInputStream(entry)) {
      return in.readNBytes(8)[7] < JAVA_6;
    }
  }

  private static void rewrite(Path jar) throws IOException {
    Path rewritten = Path.of(jar + ".new");
    try (JarFile in = new JarFile(jar.toFile(), false);
        URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()});
        JarOutputStream out = new JarOutputStream(Files.newOutputStream(rewritten))) {
      ClassFile classFile =
          ClassFile.of(
              StackMapsOption.GENERATE_STACK_MAPS,
              ClassFile.ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofResourceParsing(loader)));
      for (JarEntry entry : Collections.list(in.entries())) {
        if (isSignature(entry)) {
          continue;
        }
        byte[] bytes = in.getInputStream(entry).readAllBytes();
        if (isOldClass(in, entry)) {
          bytes = upgrade(classFile, bytes);
        }
        JarEntry copy = new JarEntry(entry.getName());
        copy.setTime(entry.getTime());
        out.putNextEntry(copy);
        out.write(bytes);
        out.closeEntry();
      }
    }
    Files.move(rewritten, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  private static byte[] upgrade(ClassFile classFile, byte[] bytes) {
    ClassModel model = classFile.parse(bytes);
    // Code is written anew even where it stays the same, or it would be copied without stack maps.
    ClassTransform transform =
        ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)
            .andThen(
                (builder, element) -> {
                  if (element instanceof ClassFileVersion) {
                    builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
                  } else {
                    builder.with(element);
                  }
                });
    return classFile.transformClass(model, transform);
  }
}

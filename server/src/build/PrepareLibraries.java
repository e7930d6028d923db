import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/// Rewrites a jar whose classes are older than Java 6, for the start-up cache.
///
/// Such classes (picocli's are of Java 5) have no stack maps, so the JVM verifies them with its old
/// verifier, and the AOT cache leaves them out (JEP 483): the command line alone would be read and
/// verified anew at each start, at 100 ms of CPU. The JDK's class file API (JEP 484) computes the stack
/// maps; nothing else changes.
///
/// Usage: java UpgradeClassFiles.java JAR. Jars without such classes are left alone.
class UpgradeClassFiles {
  private static final int JAVA_6 = 50;

  public static void main(String[] arguments) throws IOException {
    Path jar = Path.of(arguments[0]);
    Path upgraded = Path.of(arguments[0] + ".new");
    boolean changed = false;
    try (JarFile in = new JarFile(jar.toFile());
        URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()});
        JarOutputStream out = new JarOutputStream(Files.newOutputStream(upgraded))) {
      ClassFile classFile =
          ClassFile.of(
              StackMapsOption.GENERATE_STACK_MAPS,
              ClassFile.ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofResourceParsing(loader)));
      for (JarEntry entry : Collections.list(in.entries())) {
        byte[] bytes = in.getInputStream(entry).readAllBytes();
        boolean module = entry.getName().endsWith("module-info.class");
        if (entry.getName().endsWith(".class") && !module && bytes[7] < JAVA_6) {
          bytes = upgrade(classFile, bytes);
          changed = true;
        }
        JarEntry copy = new JarEntry(entry.getName());
        copy.setTime(entry.getTime());
        out.putNextEntry(copy);
        out.write(bytes);
        out.closeEntry();
      }
    }
    if (changed) {
      Files.move(upgraded, jar, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    } else {
      Files.delete(upgraded);
    }
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

package dev.ebb.node.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.StandardInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What root in a container tries against the machine and its neighbours, one row per attempt: none
/// may succeed.
@SuppressWarnings("NullAway.Init") // JUnit sets them before each of the runtimes.
@ParameterizedClass
@ValueSource(strings = {"crun", "runc"})
class EscapeTest {
  private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");

  @TempDir static Path all;
  static Path directory;
  static Sandboxes sandboxes;

  @Parameter String program = "";

  @BeforeParameterizedClassInvocation
  static void open(String program) throws IOException {
    directory = Files.createDirectory(all.resolve(program));
    sandboxes = new Sandboxes(directory, program);
  }

  @AfterParameterizedClassInvocation
  static void close() throws IOException {
    sandboxes.close();
  }

  /// Each is a shell command that says `refused` itself, or fails.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "mount -t proc proc /tmp",
        "mount -t tmpfs none /tmp",
        "mount -o remount,rw /sys",
        "mount -o remount,rw /dev",
        "umount /proc/sys",
        "mknod /tmp/disk b 254 0",
        "mknod /tmp/memory c 1 1",
        "unshare -r true",
        "unshare -m true",
        "unshare -n true",
        "nsenter -t 1 -m true",
        "echo 1 >/proc/sys/kernel/core_pattern",
        "echo 1 >/proc/sys/vm/drop_caches",
        "echo 1 >/proc/sys/kernel/hostname",
        "echo b >/proc/sysrq-trigger",
        "echo 1 >/sys/kernel/uevent_helper",
        "echo 0 >/sys/class/block/vda/queue/read_ahead_kb",
        "echo x >/dev/anything",
        "mkdir /sys/fs/cgroup/memory/mine",
        "dd if=/dev/mem bs=1 count=1",
        "ls /sys/fs/cgroup/memory/release_agent",
        "head -c1 /proc/kcore | grep -q .",
        "grep -q . /proc/keys",
        "grep -q . /proc/timer_list",
        "ls /sys/firmware/* | grep -q .",
        "hostname changed",
        "insmod /bin/busybox",
        "ip link add dummy0 type dummy",
        "chroot /proc/1/root/../../../../../.. test -e MACHINE",
        "test -e /proc/1/root/MACHINE",
        "test -e /../../../../MACHINE",
        "kill -9 SERVER",
        "nice -n -5 true",
        "renice -n -5 -p 1"
      })
  void refuses(String attempt) throws IOException {
    Path marker = Files.writeString(directory.resolve("machine"), "");
    String command =
        attempt
            .replace("MACHINE", marker.toString().substring(1))
            .replace("SERVER", Long.toString(ProcessHandle.current().pid()));
    for (String applet : List.of(command.split(" ")[0])) {
      command = command.replaceFirst(applet, "busybox " + applet);
    }
    var ended = sandboxes.shell("export PATH=/bin; " + command.replace("busybox echo", "echo"));
    assertThat(ended.code()).as(ended.output()).isNotZero();
  }

  /// System calls, by their numbers on x86_64 and arm64, with arguments that would do something.
  @ParameterizedTest
  @CsvSource({
    "keyctl, 250, 219, '0, -3, 1'",
    "add_key, 248, 217, '0, 0, 0, 0, -2'",
    "bpf, 321, 280, '0, 0, 0'",
    "perf_event_open, 298, 241, '0, 0, -1, -1, 0'",
    "userfaultfd, 323, 282, '0'",
    "io_uring_setup, 425, 425, '1, 0'",
    "open_by_handle_at, 304, 265, '-1, 0, 0'",
    "kexec_load, 246, 104, '0, 0, 0, 0'",
    "clone3 of a namespace, 435, 435, '0, 64'",
    "unshare of users, 272, 97, '0x10000000'",
    "clock_settime, 227, 112, '0, 0'",
    "setns, 308, 268, '-1, 0'",
    "mount, 165, 40, '0, 0, 0, 0, 0'",
    "fsopen, 430, 430, '0, 0'",
    "open_tree, 428, 428, '-100, 0, 1'",
    "pivot_root, 155, 41, '0, 0'",
    "init_module, 175, 105, '0, 0, 0'",
    "socket of AF_VSOCK, 41, 198, '40, 1, 0'",
    "socket of AF_ALG, 41, 198, '38, 5, 0'",
    "socket of AF_PACKET, 41, 198, '17, 3, 0'",
    "raw socket, 41, 198, '2, 3, 1'",
    "personality without random addresses, 135, 92, '0x40000'",
    "reboot, 169, 142, '0xfee1dead, 672274793, 0, 0'",
    "ptrace of the server, 101, 117, '16, SERVER, 0, 0'"
  })
  void refusesTheSystemCall(String name, int x86, int arm, String arguments) throws IOException {
    String call =
        """
        import ctypes
        c = ctypes.CDLL(None, use_errno=True)
        r = c.syscall(%d, %s)
        print('allowed' if r >= 0 else 'refused %%d' %% ctypes.get_errno())
        """
            .formatted(
                ARM ? arm : x86,
                arguments.replace("SERVER", Long.toString(ProcessHandle.current().pid())));
    var ended = sandboxes.run(onTheMachinesPrograms("/usr/bin/python3", "-c", call));
    // EPERM, ESRCH, EACCES, EPROTONOSUPPORT, ENOSYS, EAFNOSUPPORT
    assertThat(ended.output().strip()).as(name).matches("refused (1|3|13|38|93|97)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/shadow",
        "/root",
        "/home",
        "/var",
        "/run",
        "/boot",
        "/etc/hostname",
        "/etc/passwd"
      })
  void theMachinesFilesAreNotThere(String path) throws IOException {
    var ended =
        sandboxes.run(onTheMachinesPrograms("/bin/sh", "-c", "ls -A " + path + " 2>/dev/null"));
    assertThat(ended.output()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/usr/bin/x", "/bin/x", "/lib/x", "/etc/ssl/certs/x", "/sys/x"})
  void theMachinesProgramsCannotBeChanged(String path) throws IOException {
    var ended = sandboxes.run(onTheMachinesPrograms("/bin/sh", "-c", "echo bad >" + path));
    assertThat(ended.code()).isNotZero();
    assertThat(Path.of(path)).doesNotExist();
  }

  private ContainerSpec onTheMachinesPrograms(String... command) {
    var spec = sandboxes.spec(command);
    return new ContainerSpec(
        spec.id(),
        spec.bundle(),
        new Root.Host(),
        spec.command(),
        Map.of("PATH", "/usr/bin:/bin"),
        "/",
        spec.user(),
        spec.mounts(),
        spec.security(),
        spec.resources(),
        spec.namespaces(),
        spec.hostname(),
        spec.log(),
        StandardInput.NONE,
        false);
  }
}

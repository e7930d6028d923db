package dev.ebb.e2e;

/// The image of the tests of containers: busybox, and nothing that the runtime has to provide.
///
/// `/www/cgi-bin/sh` runs what is posted to it, so a test asks a question where the answer is.
/// `/bin/h2` answers one request of HTTP/2 with prior knowledge on its standard streams, or, with
/// `GRPC` set, one of gRPC's health service with the status in `/data/grpc`.
final class ContractImage {
  static final String NAME = "example.com/contract:v1";

  private static final String BUILD =
      """
      set -eu
      mkdir -p root/bin root/www/cgi-bin root/etc
      cp "$(command -v busybox)" root/bin/busybox
      for name in $(busybox --list); do
        test -e "root/bin/$name" || ln -s busybox "root/bin/$name"
      done
      echo 'from the image' > root/www/index.html
      echo 'root:x:0:0:root:/root:/bin/sh' > root/etc/passwd
      cat > root/www/cgi-bin/sh <<'SCRIPT'
      #!/bin/sh
      printf 'Content-Type: text/plain\\r\\n\\r\\n'
      exec sh 2>&1
      SCRIPT
      cat > root/bin/h2 <<'SCRIPT'
      #!/bin/sh
      bytes() { dd bs=1 count="$1" 2>/dev/null; }
      printf '\\0\\0\\0\\4\\0\\0\\0\\0\\0'
      bytes 24 > /dev/null
      while :; do
        set -- $(bytes 9 | od -An -v -tu1)
        test -n "${9-}" || exit 0
        bytes $(($1 * 65536 + $2 * 256 + $3)) > /dev/null
        stream=$(printf '\\\\%03o' "$9")
        case $4 in
        4) test "$5" = 1 || printf '\\0\\0\\0\\4\\1\\0\\0\\0\\0' ;;
        0|1)
          test $(($5 & 1)) = 1 || continue
          if test -n "${GRPC-}"; then
            status=$(cat /data/grpc 2> /dev/null || echo 1)
            printf "\\0\\0\\023\\1\\4\\0\\0\\0$stream\\210\\137\\020application/grpc"
            printf "\\0\\0\\007\\0\\0\\0\\0\\0$stream\\0\\0\\0\\0\\002\\010\\\\$status"
            printf "\\0\\0\\017\\1\\5\\0\\0\\0$stream\\100\\013grpc-status\\001%s" 0
          else
            printf "\\0\\0\\001\\1\\4\\0\\0\\0$stream\\210"
            printf "\\0\\0\\006\\0\\1\\0\\0\\0${stream}over 2"
          fi ;;
        esac
      done
      SCRIPT
      chmod 755 root/www/cgi-bin/sh root/bin/h2
      buildah="buildah --root $PWD/b --runroot $PWD/r --storage-driver vfs"
      container=$($buildah from scratch)
      $buildah copy -q "$container" root /
      $buildah config --env FROM_IMAGE=yes --env VALUE=image --workingdir /www "$container"
      $buildah commit -q "$container" oci-archive:contract.tar:example.com/contract:v1
      $buildah rm "$container"
      """;

  private ContractImage() {}

  static void load(Platform platform) {
    platform.write("contract.sh", BUILD);
    platform.command("sh", "contract.sh").run().orFail();
    platform.ebb("image", "load", "contract.tar", "--name", NAME).run().orFail();
  }
}

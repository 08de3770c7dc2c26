#!/bin/sh
# Installs the C side of kthread-rt: the libraries, the headers, ukmod and its manual page.
#
#   ./install.sh PREFIX            builds with cargo (release), and installs under PREFIX
#   ./install.sh PREFIX FOLDER     installs what cargo has built into FOLDER, as target/debug
#
# DESTDIR, if set, is put before PREFIX, as packagers want it. What is installed:
#
#   lib/libkthread_rt.so.0, libkthread_rt.so (a link to it), libkthread_rt.a, pkgconfig/kthread-rt.pc
#   include/kthread-rt/linux/..., include/kthread-rt/asm/...
#   bin/ukmod, share/man/man1/ukmod.1
set -eu

[ $# -ge 1 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" >&2; exit 2; }
package=$(cd "$(dirname "$0")" && pwd)
prefix=$1
root=${DESTDIR:-}$prefix

if [ $# -ge 2 ]; then
    built=$2
else
    (cd "$package" && cargo build --release -p kthread-rt-c)
    # Wherever the target folder is configured to be.
    built=$(cd "$package" && cargo metadata --format-version 1 --no-deps |
        sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/release
fi

# cargo puts libraries that it builds for tests only a folder deeper.
found() {
    for file in "$built/$1" "$built/deps/$1"; do
        [ -e "$file" ] && { echo "$file"; return; }
    done
    echo "install.sh: there is no $1 in $built" >&2
    exit 1
}

shared=$(found libkthread_rt_c.so)
static=$(found libkthread_rt_c.a)
ukmod=$(found ukmod)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$package/../Cargo.toml" | head -n 1)

mkdir -p "$root/lib/pkgconfig" "$root/bin" "$root/share/man/man1" "$root/include/kthread-rt"
install -m 755 "$shared" "$root/lib/libkthread_rt.so.0"
ln -sf libkthread_rt.so.0 "$root/lib/libkthread_rt.so"
install -m 644 "$static" "$root/lib/libkthread_rt.a"
install -m 755 "$ukmod" "$root/bin/ukmod"
"$ukmod" man >"$root/share/man/man1/ukmod.1"
(cd "$package/include" && find . -name '*.h' | while read -r header; do
    install -D -m 644 "$header" "$root/include/kthread-rt/$header"
done)

cat >"$root/lib/pkgconfig/kthread-rt.pc" <<END
prefix=$prefix
libdir=\${prefix}/lib
includedir=\${prefix}/include/kthread-rt

Name: kthread-rt
Description: The Linux kernel's kthread API on real threads of a process
URL: https://github.com/kthread-rt/kthread-rt
Version: $version
Cflags: -I\${includedir}
Libs: -L\${libdir} -lkthread_rt
Libs.private: -lgcc_s -lpthread -lm -ldl
END
echo "installed in $root: lib, include/kthread-rt, bin/ukmod, share/man"

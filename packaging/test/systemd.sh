#!/usr/bin/env bash
# A Debian of its own with systemd in it, and commands that are run there.
#
#   packaging/test/systemd.sh FOLDER SCRIPT [FILE…]
#
# FOLDER keeps the plain system, so that a second call begins at once. The files are in /mnt. What SCRIPT writes is gone
# afterwards. It needs root, debootstrap, unshare and overlay; where one is missing the exit code is 77.
set -euo pipefail

[ $# -ge 2 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
folder=$1 script=$2
shift 2
missing() { echo "systemd.sh: $*" >&2; exit 77; }
[ "$(id -u)" -eq 0 ] || missing "only root can start a system in namespaces"
for program in debootstrap unshare nsenter; do command -v "$program" >/dev/null || missing "$program is missing"; done

root=$folder/root
mkdir -p "$folder"
if [ ! -f "$folder/made" ]; then
  rm -rf "$root"
  debootstrap --variant=minbase --include=systemd,systemd-sysv,adduser,ca-certificates,libssl3,libstdc++6,zlib1g,curl bookworm "$root" >"$folder/log" 2>&1 ||
    missing "debootstrap could not make a system: $(tail -n 1 "$folder/log")"
  touch "$folder/made"
fi

run=$(mktemp -d)
mount -t tmpfs tmpfs "$run" 2>/dev/null || missing "nothing can be mounted here"
mkdir "$run/up" "$run/work" "$run/root"
boot=
end() {
  # Waiting says that it was killed.
  if [ -n "$boot" ] && kill -KILL "$boot" 2>/dev/null; then wait "$boot" 2>/dev/null || [ $? -ge 128 ]; fi
  umount -l "$run" && rmdir "$run"
}
trap end EXIT

cat >"$run/inner" <<I
set -e
mount -t overlay overlay -o lowerdir=$root,upperdir=$run/up,workdir=$run/work $run/root
cd $run/root
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount --rbind /dev dev
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
exec chroot . /usr/bin/env -i container=varve PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --log-target=console --show-status=no systemd.unit=multi-user.target
I
mkdir -p "$run/up/mnt"
cp "$script" "$run/up/mnt/script"
for file in "$@"; do cp "$file" "$run/up/mnt/"; done

# A network of its own with nothing but a loopback: what listens there listens for nobody else.
unshare --mount --pid --cgroup --net --fork --kill-child --propagation private bash "$run/inner" >"$run/boot" 2>&1 &
boot=$!
first=
for _ in $(seq 100); do
  first=$(pgrep -P "$boot") || first=
  [ -n "$first" ] && [ -S "/proc/$first/root/run/systemd/private" ] && break
  kill -0 "$boot" 2>/dev/null || break
  sleep 0.1
done
[ -n "$first" ] && [ -S "/proc/$first/root/run/systemd/private" ] || missing "systemd did not start: $(tail -n 2 "$run/boot")"
inside() { nsenter --target "$first" --mount --pid --cgroup --net --root --wdns=/ /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$@"; }
inside ip link set lo up 2>/dev/null || nsenter --target "$first" --net ip link set lo up
# A machine of which a unit failed that has no place in such a room is as good.
state=$(inside systemctl is-system-running --wait 2>/dev/null) || [ "$state" = degraded ] || missing "systemd did not come up: $state"
inside bash /mnt/script

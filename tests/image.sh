#!/usr/bin/env bash
# Builds the image that the Dockerfile describes and starts it as a cluster would: not as root, on a root file system that cannot be written to, with a key,
# until its healthcheck is content; makes a run with it; ends it by SIGTERM. No registry of images is asked: the two base images are made of this machine's
# own .NET and named as the Dockerfile names them. Needs root (mounts), buildah and busybox, which it installs by apt.
# Usage: tests/image.sh
set -euo pipefail
cd "$(dirname "$0")/.."
# In a mount namespace of its own: what is mounted here is gone with it, whatever happens.
[ -n "${WFG_IMAGE:-}" ] || exec env WFG_IMAGE=1 unshare --mount --propagation private tests/image.sh
command -v buildah >/dev/null && [ -x /bin/busybox ] || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends buildah busybox-static >/dev/null; }

work=$(mktemp -d)
gateway=
b() { buildah --root "$work/storage" --runroot "$work/run" --storage-driver vfs "$@"; }
finish() {
    [ -z "$gateway" ] || kill -9 "$gateway" 2>/dev/null || true
    # Nothing is removed through a mount.
    ! grep -q " $work/root " /proc/mounts || umount -R "$work/root" || return
    b rm --all >/dev/null 2>&1 || true
    rm -rf --one-file-system "$work"
}
trap finish EXIT
fail() { echo "FAILED: $*" >&2; [ ! -f "$work/log" ] || tail -20 "$work/log" >&2; exit 1; }

dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
name() { sed -n "s/^ARG $1=//p" Dockerfile; }

# An image of what a binary of .NET needs to run, and of what else is named.
base() {
    local image=$1 container root
    shift
    container=$(b from scratch)
    root=$(b mount "$container")
    mkdir -p "$root"/{tmp,root,etc/ssl/certs,usr/share/dotnet,bin,usr/bin}
    chmod 1777 "$root/tmp"
    cp -rL /etc/ssl/certs/. "$root/etc/ssl/certs/" 2>/dev/null || true
    printf 'root:x:0:0::/root:/bin/sh\napp:x:1654:1654::/home/app:/bin/false\n' >"$root/etc/passwd"
    printf 'root:x:0:\napp:x:1654:\n' >"$root/etc/group"
    # What is linked, and what is looked for by name when it is needed.
    { find "$dotnet" -path "$dotnet/packs" -prune -o -name '*.so' -print0 | xargs -0 ldd; ldd "$dotnet/dotnet"; } 2>/dev/null |
        grep -oE '/[^ ]+\.so[^ ]*' | grep -v "^$dotnet" | sort -u >"$work/libraries"
    find /usr/lib /lib -name 'libssl.so.3' -o -name 'libcrypto.so.3' -o -name 'libz.so.1' >>"$work/libraries"
    while read -r library; do [ ! -f "$library" ] || cp -L --parents "$library" "$root"; done < <(sort -u "$work/libraries")
    cp -r "$dotnet"/{dotnet,host,shared,LICENSE.txt} "$root/usr/share/dotnet/"
    ln -s /usr/share/dotnet/dotnet "$root/usr/bin/dotnet"
    for part in "$@"; do cp -r "$dotnet/$part" "$root/usr/share/dotnet/"; done
    if [ $# -gt 0 ]; then
        cp /bin/busybox "$root/bin/busybox"
        chroot "$root" /bin/busybox --install -s /bin
    fi
    b config --env APP_UID=1654 --env DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=true --env DOTNET_RUNNING_IN_CONTAINER=true --env PATH=/usr/bin:/bin --env DOTNET_ROOT=/usr/share/dotnet "$container"
    b umount "$container" >/dev/null
    b commit -q "$container" "$image" >/dev/null
    b rm "$container" >/dev/null
    echo "base image $image"
}

base "$(name RUNTIME)"
base "$(name SDK)" sdk sdk-manifests packs templates
echo "building"
# The packages that this machine has already: the build restores by the lock files, as everywhere.
packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
b build -q --isolation chroot --format docker --pull-never -t workflow-gateway \
    --volume "$packages:/root/.nuget/packages" --volume "$HOME/.nuget/NuGet:/root/.nuget/NuGet:ro" --env HOME=/root . >"$work/log" 2>&1 || fail "the image is not built"
b inspect --type image workflow-gateway >"$work/image.json"
grep -q '"Healthcheck"' "$work/image.json" || fail "the image has no healthcheck"
container=$(b from --pull-never workflow-gateway)
user=$(b inspect --format '{{.OCIv1.Config.User}}' "$container")
[ "$user" = 1654 ] || fail "its user is '$user'"

root=$(b mount "$container")
writable=$(find "$root/app" -path "$root/app/data" -prune -o ! -type l \( ! -user 0 -o -perm -002 \) -print -quit)
[ -z "$writable" ] || fail "its user may change $writable"
[ "$(stat -c %u "$root/app/data")" = 1654 ] || fail "the ledger's folder is not its user's"

# As a container with a read-only root file system and two volumes is seen from within.
mkdir -p "$work/root" "$work/data" "$work/tmp"
chown 1654:1654 "$work/data" "$work/tmp"
mount --bind "$root" "$work/root"
mkdir -p "$root/proc" "$root/dev"
mount -t proc proc "$work/root/proc"
mount -t tmpfs tmpfs "$work/root/dev"
for node in "null 3" "zero 5" "random 8" "urandom 9"; do mknod -m 666 "$work/root/dev/${node% *}" c 1 "${node#* }"; done
mount --bind "$work/data" "$work/root/app/data"
mount --bind "$work/tmp" "$work/root/tmp"
cp config/gateway.json "$work/gateway.json"
touch "$root/app/config/gateway.json"
mount --bind "$work/gateway.json" "$work/root/app/config/gateway.json"
mount -o remount,ro,bind "$work/root"

mapfile -t entry < <(b inspect --format '{{range .OCIv1.Config.Entrypoint}}{{println .}}{{end}}' "$container" | sed '/^$/d')
mapfile -t environment < <(b inspect --format '{{range .OCIv1.Config.Env}}{{println .}}{{end}}' "$container" | sed '/^$/d')
key=wfg_image_$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')
settings=(ASPNETCORE_HTTP_PORTS=18080 DOTNET_ENVIRONMENT=Development Access__Mode=keys Access__Keys__0__Id=image Access__Keys__0__Role=operator
    "Access__Keys__0__Tenant=*" "Access__Keys__0__Sha256=$(printf %s "$key" | sha256sum | cut -d' ' -f1)")
inside() { exec env -i "${environment[@]}" "${settings[@]}" "$(command -v chroot)" --userspec=1654:1654 "$work/root" "$@"; }
inside "${entry[@]}" >"$work/log" 2>&1 &
gateway=$!
for _ in $(seq 120); do
    (inside /usr/bin/dotnet /app/WorkflowGateway.dll healthcheck) >/dev/null 2>&1 && break
    kill -0 "$gateway" 2>/dev/null || fail "it ended"
    sleep 0.5
done
(inside /usr/bin/dotnet /app/WorkflowGateway.dll healthcheck) || fail "its healthcheck is not content"
[ "$(stat -c %u "/proc/$gateway")" = 1654 ] || fail "it runs as root"
if touch "$work/root/app/written" 2>/dev/null; then fail "its root file system can be written to"; fi
api=http://127.0.0.1:18080
answer=$(curl -s -o "$work/run.json" -w '%{http_code}' -H "Authorization: Bearer $key" -H 'Content-Type: application/json' \
    -d '{"workflow":"cancel-subscription","input":{"subscriptionId":"sub_1"}}' $api/v1/runs)
[ "$answer" = 201 ] || fail "a start was answered with $answer: $(cat "$work/run.json")"
[ "$(curl -s -o /dev/null -w '%{http_code}' $api/v1/runs)" = 401 ] || fail "it answers without a key"
kill -TERM "$gateway"
code=0
wait "$gateway" || code=$?
gateway=
[ "$code" = 0 ] || fail "SIGTERM ended it with $code"
echo "passed: built, healthy, a run made; user $user, root file system read-only, ended by SIGTERM; $(du -sm "$root" | cut -f1) MB"

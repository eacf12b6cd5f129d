#!/usr/bin/env bash
# A gateway in a network of its own, in which every name is answered by a server that lies: at every address of this machine somebody listens and counts.
# Usage: tests/tools/rebinding.sh WorkflowGateway.dll TRIES
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ "${3:-}" = inside ] || exec unshare --mount --net --fork --kill-child "$0" "$1" "$2" inside
ip link set lo up
# One address that anybody may reach, and one of each kind that nobody may; all of them are this machine.
for address in 93.184.216.34/32 10.1.2.3/32 172.16.1.1/32 192.168.1.1/32 169.254.169.254/32 100.64.1.1/32; do ip addr add "$address" dev lo; done
for address in fd00::1/128 2001:db8::1/128 64:ff9b::7f00:1/128; do ip -6 addr add "$address" dev lo nodad 2>/dev/null || true; done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "nameserver 127.0.0.1" >"$work/resolv.conf"
echo "hosts: dns" >"$work/nsswitch.conf"
mount --bind "$work/resolv.conf" "$(readlink -f /etc/resolv.conf)"
mount --bind "$work/nsswitch.conf" /etc/nsswitch.conf
node "$here/rebinding.mjs" "$1" "$2" "$work"

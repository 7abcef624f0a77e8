#!/usr/bin/env bash
# Builds the image with buildah from a Debian base made here, and runs the quickstart in it under podman: as a user that is not root, with no
# capability, on a read-only root file system and without a network.
#   deploy/docker/quickstart.sh OUTPUT [--steps N]
# BASE: an image to build on instead, as docker.io/library/debian:bookworm-slim; without it debootstrap makes one (as root)
# MIRROR: where debootstrap fetches Debian from
# RUNTIME: what podman starts containers by, default runc where it is installed: Debian's crun refuses hybrid control groups
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)"
base="${BASE:-localhost/headwater-base}"

fail() {
  echo "$1" >&2
  exit 2
}

[ $# -ge 1 ] || fail "Cannot run the quickstart: give a folder for its output, as deploy/docker/quickstart.sh /tmp/quickstart"
output="$1"
shift
for tool in buildah podman; do
  command -v "$tool" >/dev/null || fail "Cannot build the image: $tool is not installed (Debian: apt-get install $tool)"
done

make_base() {
  command -v debootstrap >/dev/null ||
    fail "Cannot make a Debian base: debootstrap is not installed (Debian: apt-get install debootstrap); or give an image by BASE=..."
  local folder container
  folder="$(mktemp -d)"
  debootstrap --variant=minbase bookworm "$folder" ${MIRROR:+"$MIRROR"} >&2
  container="$(buildah from scratch)"
  buildah add --quiet "$container" "$folder" / >/dev/null
  buildah commit --quiet --rm "$container" "$base" >/dev/null
  rm -rf "$folder"
}

"$root/headwater" version
[ -n "${BASE:-}" ] || buildah inspect --type image "$base" >/dev/null 2>&1 || make_base
commit="$(git -C "$root" rev-parse HEAD 2>/dev/null || echo unknown)"
created="$(git -C "$root" log -1 --format=%cI 2>/dev/null || echo unknown)"
# These flags work where containers may not make namespaces of their own, too.
buildah bud --isolation chroot --network host --ulimit nofile=1024:1024 --quiet \
  --build-arg "BASE=$base" --build-arg "COMMIT=$commit" --build-arg "CREATED=$created" -f "$root/deploy/docker/Dockerfile" -t localhost/headwater "$root"

mkdir -p "$output"
[ "$(id -u)" != 0 ] || chown 185:185 "$output"
runtime="${RUNTIME:-$(command -v runc || command -v crun)}"
exec podman run --rm --runtime "$runtime" --network none --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 \
  --user 185:185 --read-only --cap-drop all --security-opt no-new-privileges --tmpfs /tmp:size=3g,mode=1777 --shm-size 512m \
  --volume "$(cd "$output" && pwd -P):/data" \
  localhost/headwater quickstart --output /data/run --json "$@"

#!/bin/sh
# Installs what the benchmark needs, from Debian's packages, where it is missing and we are root: the load tool, and
# Node.js for some of the peers.
set -eu

missing=""
command -v wrk >/dev/null || missing="$missing wrk"
command -v node >/dev/null || missing="$missing nodejs"
command -v npm >/dev/null || missing="$missing npm"

[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "the benchmark needs$missing: install them, or run 'make bench' as root on Debian" >&2
    exit 1
fi
apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null

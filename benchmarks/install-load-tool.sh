#!/bin/sh
# Installs wrk, the load tool of the benchmark, from Debian's packages, where it is missing and we are root.
set -eu

command -v wrk >/dev/null && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "the benchmark needs wrk: install it, or run 'make bench' as root on Debian" >&2
    exit 1
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends wrk >/dev/null

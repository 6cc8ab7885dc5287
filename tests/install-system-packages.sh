#!/bin/sh
# Installs what some tests talk to, from Debian's packages, where it is missing and we are root.
set -eu

missing=""
command -v curl >/dev/null || missing="$missing curl"
command -v jq >/dev/null || missing="$missing jq"
command -v node >/dev/null || missing="$missing nodejs"
command -v npm >/dev/null || missing="$missing npm"
command -v redis-server >/dev/null || missing="$missing redis-server"
command -v systemd-analyze >/dev/null || missing="$missing systemd"
PATH="$PATH:/usr/sbin" command -v nginx >/dev/null || missing="$missing nginx-light"
command -v chromium >/dev/null || missing="$missing chromium fonts-dejavu-core"

[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "tests need$missing: install them, or run 'make test' as root on Debian" >&2
    exit 1
fi
apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null

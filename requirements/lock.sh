#!/bin/sh
# Writes the lists again: every package that pyproject.toml asks for, in which version, with the hashes of its files.
# `sh requirements/lock.sh PROGRAM` keeps the versions that stand; with --upgrade after it, takes the newest.
set -eu
cd "$(dirname "$0")/.."
uv=$1
shift

compile() {
    list=$1
    shift
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
        --output-file "requirements/$list.txt" pyproject.toml "$@"
}

compile dev --extra build --extra redis --extra tls --extra test --extra dev "$@"
compile serve --extra build --extra redis --extra tls --constraint requirements/dev.txt "$@"
compile fuzz --extra fuzz --constraint requirements/dev.txt "$@"

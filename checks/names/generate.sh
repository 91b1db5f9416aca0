#!/bin/sh
# Makes popular.txt.gz of the newest npm-high-impact, by npm itself.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm pack npm-high-impact --pack-destination "$dir" >/dev/null 2>&1
tar -xzf "$dir"/npm-high-impact-*.tgz -C "$dir"
go run ./gen "$dir/package" popular.txt.gz "$(date -u +%F)"

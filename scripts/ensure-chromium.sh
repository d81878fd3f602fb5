#!/usr/bin/env bash
# Browser tests use Debian's chromium: install it when there is none.
set -eu
if command -v chromium >/dev/null 2>&1; then
  exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
  echo "Browser tests need 'chromium' on the PATH; install it with your system's package manager." >&2
  exit 1
fi
run=
if [ "$(id -u)" -ne 0 ]; then
  run=sudo
fi
export DEBIAN_FRONTEND=noninteractive
$run apt-get update -qq
$run apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core

#!/bin/sh
# Runs this version of Handrail with the Node that came with it. What it writes lies in the data folder beside the
# versions, so that an upgrade keeps it.
set -eu
root=$(dirname -- "$(readlink -f -- "$0")")
: "${HANDRAIL_DATA:=${root%/versions/*}/data}"
: "${HANDRAIL_CACHE:=$HANDRAIL_DATA/cache}"
if [ -z "${HANDRAIL_CONFIG:-}" ] && [ -e "$HANDRAIL_DATA/handrail.config.json" ]; then
  HANDRAIL_CONFIG=$HANDRAIL_DATA/handrail.config.json
  export HANDRAIL_CONFIG
fi
HANDRAIL_HOME=$root/.handrail
export HANDRAIL_DATA HANDRAIL_CACHE HANDRAIL_HOME
exec "$root/node/bin/node" "$root/bin/handrail.mjs" "$@"

#!/bin/sh
# The volume holds what is made and fetched; what came with the image is only pointed to, so that a new image brings its own.
set -eu
for part in venv pbx llama; do
  rm -f -- "$HANDRAIL_HOME/$part"
  [ ! -e "/opt/handrail/.handrail/$part" ] || ln -s -- "/opt/handrail/.handrail/$part" "$HANDRAIL_HOME/$part"
done
cd -- "$HANDRAIL_HOME"
exec node /opt/handrail/bin/handrail.mjs "$@"

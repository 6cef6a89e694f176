#!/bin/sh
# Starts the MCP server of the plugin: the plugin's own environment first, then an installed backcheck.
root=$(dirname "$(dirname "$0")")
for python in "$root/.venv/bin/python" "${BACKCHECK_PYTHON:-}"; do
  if [ -n "$python" ] && [ -x "$python" ]; then
    # -P: the current folder is the workspace, and nothing of it may be imported.
    exec "$python" -P -m backcheck mcp
  fi
done
if command -v backcheck >/dev/null 2>&1; then
  exec backcheck mcp
fi
echo "backcheck is not set up. Run: python3 -m venv '$root/.venv' && '$root/.venv/bin/pip' install '$root'" >&2
exit 5

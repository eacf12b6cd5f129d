#!/usr/bin/env bash
# Throws spoilt configuration files at a gateway under load: cut off at every byte, mutated, flipped, emptied, deleted, a folder, a link to itself, a pipe. CI does the
# same with 60 files; this is the full form, and first looks whether gateways that are broken on purpose are caught.
# Usage: tests/config.sh [files] [seed]     1000 mutated and flipped ones unless told otherwise, beside those cut off at every byte
. "$(dirname "$0")/full.sh"
[[ ${1:-1000} =~ ^[1-9][0-9]*$ && ${2:-1} =~ ^[0-9]+$ ]] || { echo "usage: tests/config.sh [files] [seed]" >&2; exit 2; }
export WFG_CONFIG_FILES=$((${1:-1000} * 3 / 2)) WFG_CONFIG_SEED=${2:-1}
full WorkflowGateway.Faults "FullyQualifiedName~ConfigReloadTests" "-p:Mutants=\"config-taken-unread;config-cleared-on-failure\""

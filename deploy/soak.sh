#!/usr/bin/env bash
# A day of operation, compressed: the system of local.sh does the same run again and again while its processes are killed and stopped at
# random, and nobody helps. Prints goodput, the faults and what is held after each run; fails if a model differs or something is left behind.
#   deploy/soak.sh [MINUTES] [SEED]        default 20 minutes, seed 1
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
minutes="${1:-20}" seed="${2:-1}"
[[ "$minutes" =~ ^[1-9][0-9]*$ && "$seed" =~ ^[0-9]+$ ]] || {
  echo "Cannot soak for '$minutes' minutes with seed '$seed': give whole numbers, as deploy/soak.sh 20 1" >&2
  exit 2
}
"$root/headwater" version
cd "$root"
exec mvn -B -ntp -q -pl deploy -am verify -Dsurefire.failIfNoSpecifiedTests=false -Dtest=None -Dfailsafe.failIfNoSpecifiedTests=false \
  "-Dit.test=LocalSystemIT#runAfterRunWithRandomFaultsLeavesNothingBehind" \
  "-Dheadwater.soak.minutes=$minutes" "-Dheadwater.soak.seed=$seed"

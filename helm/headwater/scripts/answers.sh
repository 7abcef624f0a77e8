# Asks processes for their health and their metrics until each has answered as Headwater does: SECONDS HOST:PORT...
set -euo pipefail

# HOST:PORT PATH
get() {
  timeout 5 bash -c 'exec 3<>"/dev/tcp/$1/$2" && printf "GET %s HTTP/1.0\r\nHost: %s\r\n\r\n" "$3" "$1" >&3 && cat <&3' \
    - "${1%:*}" "${1##*:}" "$2" 2>/dev/null
}

# Says what is wrong with HOST:PORT, or nothing.
complaint() {
  local answer
  answer="$(get "$1" /-/healthy | head -n 1)" || true
  case "$answer" in
    *" 200 "*) ;;
    "") echo "no process answers there, or its name is unknown (a driver that has ended has none)" && return ;;
    *) echo "/-/healthy says '${answer%$'\r'}'" && return ;;
  esac
  get "$1" /metrics | grep '^headwater_build_info{' >/dev/null || echo "/metrics has no headwater_build_info"
}

limit="$1"
shift
for address in "$@"; do
  until wrong="$(complaint "$address")" && [ -z "$wrong" ]; do
    if [ "$SECONDS" -ge "$limit" ]; then
      echo "Cannot read the metrics of $address within $limit s: $wrong" >&2
      exit 1
    fi
    sleep 1
  done
  echo "$address is healthy and has metrics"
done

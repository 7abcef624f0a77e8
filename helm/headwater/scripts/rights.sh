# Asks the API server whether this pod's account may do what Spark's driver does: ACCOUNT-FOLDER HOST:PORT NAMESPACE
set -euo pipefail

account="$1" server="$2" namespace="$3"
token="$(cat "$account/token")"

# VERB RESOURCE
review() {
  local body
  body="$(printf '{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":{"namespace":"%s","verb":"%s","resource":"%s"}}}' \
    "$namespace" "$1" "$2")"
  printf 'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s' \
    "$server" "$token" "${#body}" "$body" |
    timeout 30 openssl s_client -quiet -connect "$server" -servername "${server%:*}" -verify_hostname "${server%:*}" \
      -CAfile "$account/ca.crt" -verify_return_error 2>/dev/null
}

for resource in pods services configmaps persistentvolumeclaims; do
  for verb in get list watch create update patch delete deletecollection; do
    answer="$(review "$verb" "$resource")" || true
    case "$answer" in
      *'"allowed":true'* | *'"allowed": true'*) ;;
      "") echo "Cannot ask $server what the driver may do: it does not answer, or its certificate is not of the cluster's authority" >&2 && exit 1 ;;
      *) echo "The driver's account may not $verb $resource in $namespace: give it the chart's Role (rbac.create), or one like it" >&2 && exit 1 ;;
    esac
  done
done
echo "the driver may manage its executors in $namespace"

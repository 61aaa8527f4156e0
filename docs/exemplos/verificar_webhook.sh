#!/usr/bin/env bash
# Confere uma entrega do Conecta com openssl: sai com 0 se é dele e de agora.
# Uso: SEGREDO=whs_... verificar_webhook.sh <Conecta-Timestamp> <Conecta-Assinatura> <arquivo com o corpo>
set -euo pipefail
carimbo=$1 assinatura=$2 corpo=$3
[[ $carimbo =~ ^[0-9]{1,12}$ ]] || exit 1
idade=$(( $(date +%s) - 10#$carimbo ))
(( ${idade#-} <= 300 )) || exit 1
esperada=$({ printf '%s.' "$carimbo"; cat -- "$corpo"; } | openssl dgst -sha256 -hmac "$SEGREDO" -r | cut -d' ' -f1)
for uma in ${assinatura//,/ }; do
  if [[ ${uma#*=} == "$esperada" ]]; then exit 0; fi
done
exit 1

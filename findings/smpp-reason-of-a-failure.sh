#!/bin/sh
# smpp 0.5.1 leaves the reason of a failure out of the response that reports the failure.
#
# SMPP 3.4, section 4.7.2 gives `data_sm_resp` the parameters delivery_failure_reason, network_error_code and
# additional_status_info_text, which say why a message was not delivered. A server that is built on this package names them
# in `pdu.response()`. One might expect that they are sent.
#
# Seen: a response whose command_status is not 0 is written as a header alone, without a word; with command_status 0, where
# there is nothing to explain, all three are sent. Its own reader understands them in both.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund smpp@0.5.1 >/dev/null
cat >respond.mjs <<'JS'
import smpp from 'smpp';

const REASON = { delivery_failure_reason: 2, additional_status_info_text: 'no route', network_error_code: Buffer.from([3, 0, 1]) };
const request = new smpp.PDU('data_sm', { sequence_number: 7 });
const read = (bytes) => {
  const pdu = new smpp.PDU(bytes);
  return Object.keys(REASON).filter((name) => name in pdu).length;
};
const written = (command_status) => request.response({ command_status, message_id: '', ...REASON }).toBuffer();
for (const status of [0, smpp.ESME_RDELIVERYFAILURE]) {
  const bytes = written(status);
  console.log(`status ${status}: ${bytes.length} bytes, ${read(bytes)} parameters`);
}
const failed = written(0);
failed.writeUInt32BE(smpp.ESME_RDELIVERYFAILURE, 8);
console.log(`status ${smpp.ESME_RDELIVERYFAILURE}, written by hand: ${failed.length} bytes, ${read(failed)} parameters`);
JS
node respond.mjs | tee seen
cat >expected <<'TXT'
status 0: 42 bytes, 3 parameters
status 254: 16 bytes, 0 parameters
status 254, written by hand: 42 bytes, 3 parameters
TXT
diff expected seen && echo 'As described.'

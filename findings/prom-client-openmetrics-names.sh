#!/bin/sh
# prom-client 15.1.3 renames a counter for good when it is scraped as OpenMetrics once.
#
# One registry for each of its two formats, as an endpoint needs that answers by the Accept header of the scraper, and a
# counter in both by the option `registers`. OpenMetrics names the family `sms_sent` and its sample `sms_sent_total`; the
# older format has `sms_sent_total` for both. One might expect that a scrape changes nothing.
#
# Seen: the scrape as OpenMetrics takes `_total` from the counter itself. From then on the other registry names it
# `sms_sent`, so that its series ends and another one begins, and its own `getSingleMetric` has a counter of another name.
# Before that scrape, one counter alone as OpenMetrics is `sms_sent_total_total`.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund prom-client@15.1.3 >/dev/null
cat >scrape.mjs <<'JS'
import { Counter, Registry } from 'prom-client';

const text = new Registry(Registry.PROMETHEUS_CONTENT_TYPE);
const openMetrics = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
const counter = new Counter({ name: 'sms_sent_total', help: 'messages sent', registers: [text, openMetrics] });
counter.inc();
const sample = (metrics) => metrics.split('\n').find((line) => !line.startsWith('#'));
const show = async () => {
  console.log(`as text: ${sample(await text.metrics())}`);
  console.log(`alone as OpenMetrics: ${sample(await openMetrics.getSingleMetricAsString('sms_sent_total'))}`);
  console.log(`name of sms_sent_total: ${text.getSingleMetric('sms_sent_total').name}`);
};
await show();
console.log(`scraped as OpenMetrics: ${sample(await openMetrics.metrics())}`);
await show();
JS
node scrape.mjs | tee seen
cat >expected <<'TXT'
as text: sms_sent_total 1
alone as OpenMetrics: sms_sent_total_total 1
name of sms_sent_total: sms_sent_total
scraped as OpenMetrics: sms_sent_total 1
as text: sms_sent 1
alone as OpenMetrics: sms_sent_total 1
name of sms_sent_total: sms_sent
TXT
diff expected seen && echo 'As described.'

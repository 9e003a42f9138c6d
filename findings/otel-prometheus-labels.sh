#!/bin/sh
# The Prometheus exporter of OpenTelemetry, 0.301.0, writes one label twice in a sample.
#
# Prometheus has no dots in the names of labels as this format writes them, so `http.route` becomes `http_route`. The
# specification of OpenTelemetry (compatibility with Prometheus, metric attributes) says of two attributes that become one
# label: their values must be joined with a semicolon. The names of the labels of a sample must differ.
#
# Seen: both are written, each with its value, and so is an attribute of the metric beside one of the resource that
# `withResourceConstantLabels` adds, and an attribute `le` beside the bound of a bucket. The exporter warns of nothing.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @opentelemetry/api@1.10.0 @opentelemetry/sdk-metrics@3.1.0 \
  @opentelemetry/resources@3.1.0 @opentelemetry/exporter-prometheus@0.301.0 node@24.21.0 >/dev/null
cat >collect.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:http';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

const warn = (message) => console.log(`diag: ${message}`);
diag.setLogger({ error: warn, warn, info() {}, debug() {}, verbose() {} }, { logLevel: DiagLogLevel.WARN });
const exporter = new PrometheusExporter({
  preventServerStart: true,
  withoutScopeInfo: true,
  withoutTargetInfo: true,
  withResourceConstantLabels: /^service\.name$/,
});
const provider = new MeterProvider({ readers: [exporter], resource: resourceFromAttributes({ 'service.name': 'shop' }) });
const meter = provider.getMeter('test');
meter.createCounter('requests').add(1, { 'http.route': '/a', http_route: '/b' });
meter.createCounter('calls').add(1, { 'service.name': 'billing' });
meter.createHistogram('steps', { advice: { explicitBucketBoundaries: [1] } }).record(1, { le: '5' });

const server = createServer((req, res) => exporter.getMetricsRequestHandler(req, res)).listen(0, '127.0.0.1');
await once(server, 'listening');
const text = await (await fetch(`http://127.0.0.1:${server.address().port}/metrics`)).text();
server.close();
server.closeAllConnections();
for (const line of text.split('\n').filter((line) => /^(requests|calls|steps_bucket)/.test(line))) console.log(line);
JS
npx node collect.mjs | tee seen
cat >expected <<'TXT'
requests_total{http_route="/a",http_route="/b",service_name="shop"} 1
calls_total{service_name="billing",service_name="shop"} 1
steps_bucket{le="5",service_name="shop",le="1"} 1
steps_bucket{le="5",service_name="shop",le="+Inf"} 1
TXT
diff expected seen && echo 'As described.'

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port.ts';

interface Series {
  readonly metric: Readonly<Record<string, string>>;
}

interface Rule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
  readonly state: string;
}

/** A Prometheus of the test's own, which scrapes one address four times a second. */
export interface Prometheus {
  /** @throws Error if it does not understand the query */
  query(query: string): Promise<readonly Series[]>;
  rules(): Promise<readonly Rule[]>;
  close(): Promise<void>;
}

/** @param rules what is in the file of the rules */
export async function startPrometheus(target: string, rules: string): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  writeFileSync(join(folder, 'rules.yml'), rules);
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(configFor(target)));
  const port = await freePort();
  const options = [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const server = spawn('prometheus', options, { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(server, url);
  return {
    async query(query) {
      const { status, error, data } = await ask(`${url}/api/v1/query?${new URLSearchParams({ query })}`);
      if (status !== 'success') throw new Error(`${query}: ${error}`);
      return data.result;
    },
    async rules() {
      const { data } = await ask(`${url}/api/v1/rules`);
      return data.groups.flatMap((group: { rules: readonly Rule[] }) => group.rules);
    },
    async close() {
      const exit = once(server, 'exit');
      server.kill('SIGKILL');
      await exit;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configFor(target: string): object {
  const often = { scrape_interval: '250ms', scrape_timeout: '250ms' };
  return {
    global: { ...often, evaluation_interval: '250ms' },
    rule_files: ['rules.yml'],
    scrape_configs: [{ job_name: 'app', static_configs: [{ targets: [target] }] }],
  };
}

async function untilReady(server: ChildProcess, url: string): Promise<void> {
  while (server.exitCode === null) {
    const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
    if (answer?.status === 200) return;
    await pause(50);
  }
  throw new Error(`prometheus ended with ${server.exitCode}.`);
}

async function ask(url: string) {
  return (await fetch(url)).json();
}

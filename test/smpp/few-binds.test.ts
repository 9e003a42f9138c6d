import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { Rig } from './rig.ts';
import type { Client, ScriptedSmsc } from './scripted-smsc.ts';

const PROCESSES = 4;
const MESSAGES_EACH = 125;
const ALREADY_BOUND = 0x05;

describe('an account of two binds that four processes share', () => {
  const rig = new Rig();
  const children: ChildProcess[] = [];

  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  async function smscOfTwoBinds(): Promise<{ smsc: ScriptedSmsc; most: () => number; refused: () => number }> {
    const bound = new Set<Client>();
    let most = 0;
    let refused = 0;
    const smsc = await rig.scripted({
      bind_transceiver: (client, pdu) => {
        if (bound.size === 2) {
          refused += 1;
          return client.answer(pdu, {}, ALREADY_BOUND);
        }
        most = Math.max(most, bound.add(client).size);
        client.socket.once('close', () => bound.delete(client));
        client.answer(pdu);
      },
      submit_sm: (client, pdu) => client.answer(pdu, { message_id: String(pdu.sequence) }),
    });
    return { smsc, most: () => most, refused: () => refused };
  }

  function start(...numbers: readonly number[]): ChildProcess {
    const extension = extname(import.meta.url);
    const script = fileURLToPath(new URL(`../support/few-binds-process${extension}`, import.meta.url));
    const execArgv = ['--unhandled-rejections=strict', ...(extension === '.ts' ? ['--import=tsx'] : [])];
    const child = fork(script, numbers.map(String), { execArgv, silent: true });
    children.push(child);
    return child;
  }

  it('loses none of 500 messages', async function () {
    this.timeout(120_000);
    const { smsc, most, refused } = await smscOfTwoBinds();
    const port = Number(new URL(smsc.url).port);
    const processes = Array.from({ length: PROCESSES }, (_, index) =>
      start(port, index * MESSAGES_EACH, MESSAGES_EACH),
    );
    await Promise.all(processes.map((child) => once(child, 'message')));
    const statuses = await Promise.all(
      processes.map(async (child) => {
        child.send('go');
        const [all]: string[][] = await once(child, 'message');
        return all;
      }),
    );
    expect(statuses.flat()).to.deep.equal(Array(PROCESSES * MESSAGES_EACH).fill('accepted'));
    const numbers = smsc.received
      .filter(({ command }) => command === 'submit_sm')
      .map(({ fields }) => fields.destination_addr);
    expect(new Set(numbers).size).to.equal(PROCESSES * MESSAGES_EACH);
    expect(numbers).to.have.lengthOf(PROCESSES * MESSAGES_EACH);
    expect(most()).to.equal(2);
    expect(refused()).to.be.greaterThan(0);
  });
});

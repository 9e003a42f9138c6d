import { connect } from 'node:net';
import type { SmsMessage } from 'express-sms-otp';
import { SmppTransport, type SmppTransportOptions } from 'express-sms-otp/smpp';
import smpp from 'smpp';
import { TIMEOUTS } from '../../lib/smpp/timeouts.ts';

/** Sends one message, and resolves once the SMSC has answered. */
export type Send = () => Promise<void>;

interface Session {
  send(pdu: object, onAnswer: (answer: { readonly command_status: number }) => void): void;
  close(): void;
  on(event: 'connect' | 'error', listener: (error?: Error) => void): void;
}

// The package has no declarations; these are of its client.
const client = smpp as unknown as {
  connect(options: { readonly host: string; readonly port: number }): Session;
};

const NUMBER = '46701740605';
const TEXT = 'Your code for the bench is 123456. It is valid for 5 minutes. Do not share it.\n@app.example.org #123456';

/** The ways to send that are compared; each is given the SMSC's URL and the window. */
export const SMPP_CLIENTS = {
  async SmppTransport(url, window) {
    const { hostname, port } = new URL(url);
    const transport = new SmppTransport({ smscs: [{ host: hostname, port: Number(port), window }], source: 'Bench' });
    return async () => {
      const { status } = await transport.send(message());
      if (status !== 'accepted') throw new Error(`The message was ${status}.`);
    };
  },
  /** The same, with a route for the number among 200 others. */
  async 'SmppTransport, 200 routes'(url, window) {
    const { hostname, port } = new URL(url);
    const account = { host: hostname, port: Number(port), window };
    const smscs = [
      { ...account, name: 'one' },
      { ...account, name: 'two' },
    ];
    const routes = Array.from({ length: 200 }, (_, place) => ({ to: `+467${place}`, smscs: ['one'] }));
    const transport = new SmppTransport({ smscs, routes, source: 'Bench' } satisfies SmppTransportOptions);
    return async () => {
      const { status } = await transport.send(message());
      if (status !== 'accepted') throw new Error(`The message was ${status}.`);
    };
  },
  /** The same against an SMSC that takes everything and says nothing; it is waited for a tenth of a second. */
  async 'never answered'(url, window) {
    const { hostname, port } = new URL(url);
    const options = { smscs: [{ host: hostname, port: Number(port), window }], source: 'Bench' };
    const transport = new SmppTransport(options, { ...TIMEOUTS, response: 100 });
    return async () => {
      const { status } = await transport.send(message());
      if (status !== 'unknown') throw new Error(`The message was ${status}.`);
    };
  },
  async 'smpp.Session'(url) {
    const session = await bound(url);
    return () => submit(session);
  },
  async 'a bind per message'(url) {
    return async () => {
      const session = await bound(url);
      await submit(session);
      await answered(session, new smpp.PDU('unbind', {}));
      session.close();
    };
  },
  /** The floor: nothing is encoded, and answers are only counted. */
  async 'bytes on a socket'(url) {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    const bytes = new smpp.PDU('submit_sm', fields()).toBuffer();
    const waiting: (() => void)[] = [];
    const answerLength = 16 + 'simulator\0'.length;
    let read = 0;
    socket.on('data', ({ length }) => {
      read += length;
      for (; read >= answerLength; read -= answerLength) waiting.shift()?.();
    });
    return () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        socket.write(bytes);
      });
  },
} as const satisfies Record<string, (url: string, window: number) => Promise<Send>>;

function message(): SmsMessage {
  return { to: `+${NUMBER}`, text: TEXT, expiresAt: new Date(Date.now() + 300_000) };
}

async function bound(url: string): Promise<Session> {
  const { hostname, port } = new URL(url);
  const session = client.connect({ host: hostname, port: Number(port) });
  await new Promise<void>((resolve, reject) => {
    session.on('connect', () => resolve());
    session.on('error', reject);
  });
  await answered(session, new smpp.PDU('bind_transceiver', { system_id: 'bench', password: 'bench' }));
  return session;
}

function submit(session: Session): Promise<void> {
  return answered(session, new smpp.PDU('submit_sm', fields()));
}

function answered(session: Session, request: object): Promise<void> {
  return new Promise((resolve, reject) => {
    session.send(request, ({ command_status: status }) => {
      if (status === 0) resolve();
      else reject(new Error(`The SMSC answered ${status}.`));
    });
  });
}

/** The same for all. The package encodes the text by itself, as our transport does. */
function fields(): Readonly<Record<string, unknown>> {
  return {
    source_addr_ton: 5,
    source_addr: 'Bench',
    dest_addr_ton: 1,
    dest_addr_npi: 1,
    destination_addr: NUMBER,
    validity_period: '000000000500000R',
    registered_delivery: 1,
    priority_flag: 1,
    short_message: TEXT,
  };
}

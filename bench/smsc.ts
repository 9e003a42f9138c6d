// An SMSC in a process of its own, as fast as can be: it reads no more of a PDU than it must, and answers many at once.

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { answerParent, settings } from './answer-parent.ts';

interface SmscSettings {
  /** Where numbers and codes are told. */
  readonly phonePort?: number;
}

const SUBMIT = 0x04;
const RESPONSE = 0x8000_0000;
const HEADER_LENGTH = 16;
/** The body of an answer: a system id, or a message id. */
const WORD = Buffer.from('simulator\0');
/** Enquiries and the end of a session are answered by a header alone. */
const WITHOUT_BODY: readonly number[] = [0x06, 0x15];

const { phonePort } = settings<SmscSettings>();
const phone = phonePort === undefined ? undefined : connect({ port: phonePort, host: '127.0.0.1', noDelay: true });
const behaviour = { latency: 0, isSilent: false };

const server = createServer((socket) => {
  let rest: Buffer = Buffer.alloc(0);
  socket.setNoDelay().on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    const answers: Buffer[] = [];
    const submits: Buffer[] = [];
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let length = lengthOf(rest); length <= rest.length; length = lengthOf(rest)) {
      const frame = rest.subarray(0, length);
      rest = rest.subarray(length);
      const isSubmit = frame.readUInt32BE(4) === SUBMIT;
      if (isSubmit) tell(frame);
      if (isSubmit && behaviour.isSilent) continue;
      (isSubmit ? submits : answers).push(answerTo(frame));
    }
    write(socket, answers);
    if (behaviour.latency === 0) write(socket, submits);
    else setTimeout(write, behaviour.latency, socket, submits);
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  answerParent({
    url: () => `smpp://127.0.0.1:${port}`,
    behave: (how: typeof behaviour) => Object.assign(behaviour, how),
  });
});

function lengthOf(bytes: Buffer): number {
  return bytes.length < HEADER_LENGTH ? Number.POSITIVE_INFINITY : bytes.readUInt32BE();
}

function answerTo(frame: Buffer): Buffer {
  const command = frame.readUInt32BE(4);
  const body = WITHOUT_BODY.includes(command) ? Buffer.alloc(0) : WORD;
  const header = Buffer.alloc(HEADER_LENGTH);
  header.writeUInt32BE(HEADER_LENGTH + body.length);
  header.writeUInt32BE(command + RESPONSE, 4);
  frame.copy(header, 12, 12, HEADER_LENGTH);
  return Buffer.concat([header, body]);
}

function write(socket: Socket, answers: readonly Buffer[]): void {
  if (answers.length > 0 && socket.writable) socket.write(Buffer.concat(answers));
}

/** The number and the code are the only digits of their lengths in a submit. */
function tell(frame: Buffer): void {
  if (phone === undefined) return;
  const text = frame.toString('latin1');
  phone.write(`+${/\d{11}/.exec(text)?.[0]} ${/(?<!\d)\d{6}(?!\d)/.exec(text)?.[0]}\n`);
}

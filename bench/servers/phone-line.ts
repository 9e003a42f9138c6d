import { connect } from 'node:net';
import type { SmsMessage } from 'express-sms-otp';

/** The cheapest way out for a code: a line with number and code on one connection to the load generator. */
export function connectPhone(port: number | undefined): {
  send(message: Pick<SmsMessage, 'to' | 'text'>): Promise<{ readonly status: 'accepted' }>;
} {
  const socket = port === undefined ? undefined : connect({ port, host: '127.0.0.1', noDelay: true });
  return {
    async send({ to, text }) {
      socket?.write(`${to} ${/\b\d{6}\b/.exec(text)?.[0]}\n`);
      return { status: 'accepted' };
    },
  };
}

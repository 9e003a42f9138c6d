import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Express } from 'express';

const NO_SOCKET = new Socket();

/** Hands an app a POST without a network, which would take longer than all that is to be measured. Gives the status. */
export function inject(app: Express, path: string, body: object, address: string): Promise<number> {
  const req = Object.assign(new IncomingMessage(NO_SOCKET), { method: 'POST', url: path, body });
  req.headers = {
    host: '127.0.0.1',
    accept: 'application/json',
    'content-type': 'application/json',
    'content-length': '2',
    'x-forwarded-for': address,
  };
  const res = new ServerResponse(req);
  return new Promise((resolve) => {
    res.end = () => {
      resolve(res.statusCode);
      // As after each answer: what waits for the end of it would be kept for ever.
      res.emit('close');
      return res;
    };
    app(req, res);
  });
}

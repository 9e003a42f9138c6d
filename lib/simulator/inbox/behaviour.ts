import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SmscSimulator } from '../smsc/smsc.ts';

const LONGEST_BODY_BYTES = 16 * 1024;

/** `GET /behaviour` returns the SMSC's behaviours, `POST /behaviour` sets them: JSON, one behaviour or several. */
export async function answerBehaviour(
  request: IncomingMessage,
  response: ServerResponse,
  smsc: Pick<SmscSimulator, 'behave' | 'behaviours'>,
): Promise<void> {
  if (request.method === 'POST') {
    const { status, reason } = await tell(request, smsc);
    if (status !== 200) {
      // The rest of the body is not read, so the connection cannot be used again.
      response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' }).end(reason);
      return;
    }
  }
  response.setHeader('Content-Type', 'application/json').end(JSON.stringify(smsc.behaviours));
}

async function tell(
  request: IncomingMessage,
  smsc: Pick<SmscSimulator, 'behave'>,
): Promise<{ status: number; reason?: string }> {
  if (!isSameOrigin(request)) return { status: 403 };
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) return { status: 415 };
  const body = await readBody(request);
  if (body === undefined) return { status: 413 };
  try {
    const told: unknown = JSON.parse(body);
    smsc.behave(...(Array.isArray(told) ? told : [told]));
    return { status: 200 };
  } catch (error) {
    return { status: 400, reason: error instanceof Error ? error.message : '' };
  }
}

/** A page of another site can also send here; a program sends neither header. */
function isSameOrigin({ headers }: IncomingMessage): boolean {
  const { origin, host, 'sec-fetch-site': site = 'none' } = headers;
  const isOwn = origin === undefined || origin === `http://${host}`;
  return isOwn && (site === 'same-origin' || site === 'none');
}

/** `undefined` if it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > LONGEST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

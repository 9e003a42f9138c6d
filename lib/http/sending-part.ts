import type { Request, RequestHandler } from 'express';
import type { SignIn } from '../domain/sign-in.ts';
import { readBody } from './body.ts';
import { giveExemption, isExempt } from './exemption.ts';
import { part } from './part.ts';
import { readReturnTo } from './return-to.ts';
import { type Destination, send } from './send.ts';
import { assertSignedIn, type SignedIn } from './standing.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

/** Who asks for a code, and with what. */
interface Ask {
  readonly visitor: Visitor;
  readonly standing: SignedIn;
  readonly body: Readonly<Record<string, unknown>>;
  readonly returnTo: string | undefined;
}

/** A part that sends a code, but for those who need none: they get their grant. */
export function sendingPart(wiring: Wiring, name: string, choose: (ask: Ask) => Destination): RequestHandler {
  return part(wiring, name, async (req, res) => {
    const visitor = await wiring.visitors.of(req);
    const standing = assertSignedIn(await wiring.visitors.fullStanding(visitor));
    const body = await readBody(req, res);
    const returnTo = readReturnTo(body.returnTo);
    const exempt = await exemption(wiring, req, visitor, standing, returnTo);
    if (exempt !== undefined) {
      await wiring.sessions.assertStored(req);
      return wiring.sessions.renew(req, exempt);
    }
    const destination = choose({ visitor, standing, body, returnTo });
    await wiring.sessions.write(req, await send(wiring, visitor, standing, destination, returnTo));
  });
}

/** The sign-in with the grant of somebody who needs no code, and has none yet; `undefined` for everybody else. */
async function exemption(
  wiring: Wiring,
  req: Request,
  visitor: Visitor,
  { user, signIn, grant }: SignedIn,
  returnTo: string | undefined,
): Promise<SignIn | undefined> {
  if (grant !== undefined || !(await isExempt(wiring, req, user))) return undefined;
  return giveExemption(wiring, visitor, user, { ...signIn, returnTo: returnTo ?? signIn.returnTo });
}

import assert from 'node:assert/strict';
import { within } from '../deadline.ts';
import { tellsAny } from './discretion.ts';
import { foundUser } from './found-user.ts';
import { ADA } from './sample-people.ts';
import type { OpenUserStore, UserStoreChecks } from './user-store.ts';

const NEW = '+46701740609';
const PATIENCE_MILLISECONDS = 10_000;
const SECRETS = [ADA.password, ...ADA.phoneNumbers, NEW];

export const OUTAGE: UserStoreChecks = {
  'says that it is well while it is': async ({ store }) => {
    await assert.doesNotReject(async () => store.health?.());
  },

  'rejects every call with an Error while what it asks is unreachable': async (open) => {
    for (const { name, reason } of await callsInOutage(open)) {
      assert.ok(reason instanceof Error, `${name} does not reject with an Error within ten seconds`);
    }
  },

  'has no password and no number in its errors, however deep': async (open) => {
    for (const { name, reason } of await callsInOutage(open)) {
      assert.ok(!tellsAny(SECRETS, reason), `${name} tells a password or a number`);
    }
  },
};

/** What each call rejects with; `undefined` where it resolves, or does nothing for too long. */
async function callsInOutage({ store, breakDown }: OpenUserStore): Promise<{ name: string; reason: unknown }[]> {
  const user = await foundUser(store, ADA);
  assert.ok(breakDown, 'the set-up cannot break anything down');
  await breakDown();
  const calls: Readonly<Record<string, Promise<unknown> | undefined>> = {
    'findUser by username': store.findUser({ username: ADA.username }),
    'findUser by id': store.findUser({ id: user.id }),
    checkPassword: store.checkPassword?.(user, ADA.password),
    changePhoneNumbers: store.changePhoneNumbers?.(user, { add: NEW }),
    health: store.health?.(),
  };
  const made = Object.entries(calls).filter(([, call]) => call !== undefined);
  return Promise.all(made.map(async ([name, call]) => ({ name, reason: await rejection(call) })));
}

async function rejection(call: Promise<unknown> | undefined): Promise<unknown> {
  const ended = Promise.resolve(call).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return within(ended, PATIENCE_MILLISECONDS, () => new Error('too late')).catch(() => undefined);
}

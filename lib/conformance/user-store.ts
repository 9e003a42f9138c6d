import type { UserStore } from '../domain/ports.ts';
import type { Runner } from './runner.ts';
import { SAMPLE_PEOPLE, type SamplePerson } from './sample-people.ts';
import { CHANGES } from './user-store-changes.ts';
import { FINDING } from './user-store-finding.ts';
import { OUTAGE } from './user-store-outage.ts';
import { PASSWORDS } from './user-store-passwords.ts';

/** How to get at the store under test. */
export interface UserStoreSetup {
  /** A store that holds these people and nobody else. Called for each test. */
  open(people: readonly SamplePerson[]): Promise<OpenUserStore>;
  /** What the store does not do. Default: it does everything. */
  readonly leaveOut?: readonly UserStorePart[];
}

/** One store for one test. */
export interface OpenUserStore {
  /** It holds the people whom `open` was given. */
  readonly store: UserStore;
  /** Makes unreachable what the store asks: its server, its database. */
  breakDown?(): Promise<void>;
  /** Ends all but the store itself, which is closed before. */
  close?(): Promise<void>;
}

/** `outage` is for a store that has something to ask. */
export type UserStorePart = 'checkPassword' | 'changePhoneNumbers' | 'outage';

/** What a store promises, by title; each check throws where it is not kept. */
export type UserStoreChecks = Readonly<Record<string, (open: OpenUserStore) => Promise<void>>>;

const PARTS: readonly { readonly title: string; readonly part?: UserStorePart; readonly checks: UserStoreChecks }[] = [
  { title: 'findUser', checks: FINDING },
  { title: 'checkPassword', part: 'checkPassword', checks: PASSWORDS },
  { title: 'changePhoneNumbers', part: 'changePhoneNumbers', checks: CHANGES },
  { title: 'an outage', part: 'outage', checks: OUTAGE },
];

/** Tests that a user store keeps every promise of the port, with `node:assert`. */
export function testUserStore({ describe, it }: Runner, { open, leaveOut = [] }: UserStoreSetup): void {
  for (const { title, part, checks } of PARTS) {
    if (part !== undefined && leaveOut.includes(part)) continue;
    describe(title, () => {
      for (const [promise, check] of Object.entries(checks)) {
        it(promise, async () => {
          const opened = await open(SAMPLE_PEOPLE);
          try {
            await check(opened);
          } finally {
            await opened.store.close?.();
            await opened.close?.();
          }
        });
      }
    });
  }
}

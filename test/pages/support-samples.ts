import { en } from '../../lib/locales/en.ts';
import { support } from '../../lib/pages/support.ts';
import type { AdminLocals } from '../../lib/views.ts';

const SINCE = '2026-01-01T09:00:00.000Z';
const NOW = Date.parse('2026-01-01T10:00:00Z');

const LOCALS: AdminLocals = {
  appName: 'Example Bank',
  urls: {
    home: '/support/',
    find: '/support/find',
    person: '/support/person',
    lock: '/support/person/lock?id=id-ada',
    unlock: '/support/person/unlock?id=id-ada',
    endSessions: '/support/person/end-sessions?id=id-ada',
    helpCode: '/support/person/help-code?id=id-ada',
    endBrowsers: '/support/person/end-browsers?id=id-ada',
    resetRecoveryCodes: '/support/person/reset-recovery-codes?id=id-ada',
    assets: '/auth/assets',
  },
  canReplaceNumber: true,
  health: {
    status: 'degraded',
    dependencies: {
      userStore: { status: 'ready', since: SINCE },
      transport: {
        status: 'degraded',
        since: SINCE,
        smscs: { smsc1: { status: 'ready' }, smsc2: { status: 'down', since: SINCE, lastError: 'ECONNREFUSED' } },
      },
      shared: { status: 'ready', since: SINCE },
    },
  },
};

const ENTRY = { purpose: 'sign-in', phone: '••• 0605', isRepeat: false, smsc: 'smsc1' } as const;

/** Somebody with some of everything. */
export const SUPPORTED: AdminLocals = {
  ...LOCALS,
  report: {
    userId: '5f2c9a1e-0000-4000-8000-00a1b2c3d4e5',
    person: { username: 'ada', displayName: 'Ada Lovelace' },
    directory: 'found',
    numbers: [
      { attribute: 'mobile', phone: '••• 0605' },
      { attribute: 'telephoneNumber', problem: 'extension' },
      { phone: '••• 0123 (US)', problem: 'countryNotAllowed' },
    ],
    lock: 'codes',
    trustedBrowsers: 2,
    recoveryCodesLeft: 7,
    sends: [
      { ...ENTRY, name: 'c', sentAt: NOW, at: NOW + 420_000, state: 'delivered' },
      {
        ...ENTRY,
        name: 'b',
        sentAt: NOW - 60_000,
        at: NOW,
        state: 'failed',
        reason: '011',
        isRepeat: true,
        route: 'north',
      },
      { ...ENTRY, name: 'a', sentAt: NOW - 120_000, at: NOW, state: 'refused', reason: 'PHONE_NOT_ACCEPTED' },
    ],
    notes: [
      { kind: 'codeRefused:INVALID_CODE', total: 12, firstAt: NOW - 3_600_000, lastAt: NOW + 480_000 },
      { kind: 'numberUnreadable:extension', total: 1, firstAt: NOW, lastAt: NOW },
      { kind: 'withoutPhoneRefused:INVALID_CODE', total: 1, firstAt: NOW, lastAt: NOW },
      { kind: 'trustedBrowserEnded:copied', total: 1, firstAt: NOW, lastAt: NOW },
      { kind: 'anEventOfTomorrow:OF_A_REASON', total: 1, firstAt: NOW, lastAt: NOW },
    ],
    faults: [{ kind: 'fault:DIRECTORY_UNAVAILABLE', total: 3, firstAt: NOW, lastAt: NOW }],
  },
};

/** The same, with a help code that was issued a moment ago. */
export const ISSUED: AdminLocals = { ...SUPPORTED, helpCode: { code: '7QK2M-4XC0Z', minutes: 15 } };

/** The support page as it may look. */
export const SUPPORT_SAMPLES: Readonly<Record<string, string>> = {
  'support for a person': support(SUPPORTED, en),
  'support with a new help code': support(ISSUED, en),
  'support for nobody': support({ ...LOCALS, error: 'Type a user name.' }, en),
};

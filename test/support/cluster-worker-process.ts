// A worker of a cluster, which tells its parent why smsOtp() refuses to start there; 'started' if it does not.
import { memoryState, type SmsOtpOptions, smsOtp } from '../../lib/index.ts';

const OPTIONS: Readonly<Record<string, Partial<SmsOtpOptions>>> = {
  'the default': {},
  'memoryState()': { shared: memoryState() },
  'a memoryState() that the app has wrapped': { shared: { ...memoryState() } },
  'memoryState(), allowed': { shared: memoryState(), allowInsecure: ['memoryState'] },
  'a state of its own': { shared: { commit: fail } },
};

for (const [name, options] of Object.entries(OPTIONS)) process.send?.({ name, outcome: start(options) });
process.disconnect?.();

function start(options: Partial<SmsOtpOptions>): string {
  try {
    smsOtp({
      secret: 'a secret of the cluster, long enough',
      userStore: { findUser: async () => undefined, checkPassword: async () => false },
      transport: { send: async () => ({ status: 'accepted' }) },
      ...options,
    });
    return 'started';
  } catch (error) {
    return String(error);
  }
}

async function fail(): Promise<never> {
  throw new Error('Nobody asks.');
}

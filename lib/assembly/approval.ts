import type { DispatchParts } from '../domain/dispatch.ts';
import { SmsOtpError } from '../errors.ts';
import type { SmsOtpOptions } from '../options.ts';

/** The app's own say in every send. What it throws may not be fit to be shown: only a text that it returns is. */
export function approveSend(beforeSend: SmsOtpOptions['beforeSend']): DispatchParts['approve'] {
  return async ({ user, number, purpose, ip }) => {
    if (beforeSend === undefined) return;
    let verdict: unknown;
    try {
      verdict = await beforeSend({ user, to: number, purpose, ip });
    } catch {
      verdict = false;
    }
    if (verdict !== false && typeof verdict !== 'string') return;
    if (verdict) throw new SmsOtpError('SEND_REFUSED', verdict, { text: verdict });
    throw new SmsOtpError('SEND_REFUSED', 'No code can be sent to this number now.');
  };
}

import type { SmscSettings } from './smsc-settings.ts';

export type ValidityForm = SmscSettings['validityPeriod'];

const LONGEST_RELATIVE_SECONDS = 24 * 60 * 60 - 1;

/**
 * When an SMSC stops trying, YYMMDDhhmmsstnnp (SMPP 3.4, section 7.1.1): `000000000500000R` for five minutes from now,
 * or `260101120500000+` for a time in UTC, which needs a clock that is right. Now is in milliseconds since 1970.
 */
export function validityPeriod(seconds: number, form: ValidityForm, now: number): string {
  if (form === 'none') return '';
  if (form === 'absolute') return `${digits(now + seconds * 1000).slice(2)}000+`;
  return `000000${digits(Math.min(seconds, LONGEST_RELATIVE_SECONDS) * 1000).slice(8)}000R`;
}

/** YYYYMMDDhhmmss */
function digits(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace(/\D/g, '');
}

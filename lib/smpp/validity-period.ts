import type { SmscSettings } from './smsc-settings.ts';

const SECOND = 1000;
const LONGEST_RELATIVE = (24 * 60 * 60 - 1) * SECOND;

/**
 * When an SMSC stops trying, YYMMDDhhmmsstnnp (SMPP 3.4, section 7.1.1): `000000000500000R` for five minutes from now,
 * or `260101120500000+` for a time in UTC, which needs a clock that is right. Times are in milliseconds, and never
 * rounded up.
 */
export function validityPeriod(life: number, form: SmscSettings['validityPeriod'], now: number): string {
  if (form === 'none') return '';
  if (form === 'absolute') return `${digits(now + life).slice(2)}000+`;
  return `000000${digits(Math.min(life, LONGEST_RELATIVE)).slice(8)}000R`;
}

/** YYYYMMDDhhmmss */
function digits(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace(/\D/g, '');
}

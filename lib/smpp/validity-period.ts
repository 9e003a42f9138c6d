import type { SmscSettings } from './smsc-schema.ts';

const LONGEST_RELATIVE_SECONDS = 24 * 60 * 60 - 1;

/**
 * When an SMSC stops trying, YYMMDDhhmmsstnnp (SMPP 3.4, section 7.1.1): `000000000500000R` for five minutes from now,
 * or `260101120500000+` for a time in UTC, which needs a clock that is right; never rounded up. `now` is in
 * milliseconds since 1970.
 */
export function validityPeriod(lifeMilliseconds: number, form: SmscSettings['validityPeriod'], now: number): string {
  if (form === 'none') return '';
  return form === 'absolute' ? absolute(now + lifeMilliseconds) : relative(Math.floor(lifeMilliseconds / 1000));
}

function absolute(time: number): string {
  return `${new Date(time).toISOString().slice(2, 19).replace(/\D/g, '')}000+`;
}

function relative(lifeSeconds: number): string {
  const seconds = Math.min(lifeSeconds, LONGEST_RELATIVE_SECONDS);
  const minutes = Math.floor(seconds / 60);
  return `000000${twoDigits(Math.floor(minutes / 60))}${twoDigits(minutes % 60)}${twoDigits(seconds % 60)}000R`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

import type { PersonReadings, ValueReading } from './readings.ts';

/**
 * The record that puts E.164 in place of each value that has one certain reading, as LDIF (RFC 2849); `undefined` if
 * nothing is to be changed. Each old value is deleted by itself, so that a directory refuses the record if somebody has
 * changed the entry meanwhile.
 */
export function phoneCorrections({ user, source, values }: PersonReadings): string | undefined {
  if (source === undefined) return undefined;
  const attributes = new Set(values.map(({ attribute }) => attribute ?? ''));
  const changes = [...attributes].flatMap((attribute) =>
    correctionsOf(
      attribute,
      values.filter((value) => value.attribute === attribute),
    ),
  );
  if (changes.length === 0) return undefined;
  return [`# ${user.id.replace(/[^ -~]/g, '?')}`, line('dn', source.dn), 'changetype: modify', ...changes, ''].join(
    '\n',
  );
}

function correctionsOf(attribute: string, values: readonly ValueReading[]): readonly string[] {
  const wrong = values.filter((value) => certainNumber(value) !== undefined && certainNumber(value) !== value.value);
  const held = new Set(values.map(({ value }) => value));
  const numbers = new Set(wrong.flatMap((value) => certainNumber(value) ?? []).filter((number) => !held.has(number)));
  return [
    ...operation(
      'delete',
      attribute,
      wrong.map(({ value }) => value),
    ),
    ...operation('add', attribute, [...numbers]),
  ];
}

/** The one number that a value means, if a numbering plan has it. */
function certainNumber({ readings }: ValueReading): string | undefined {
  const [reading, ...others] = readings;
  if (reading === undefined || others.length > 0 || 'reason' in reading) return undefined;
  return reading.isValid ? reading.number : undefined;
}

function operation(name: 'add' | 'delete', attribute: string, values: readonly string[]): readonly string[] {
  if (values.length === 0) return [];
  return [`${name}: ${attribute}`, ...values.map((value) => line(attribute, value)), '-'];
}

/** A value that is no safe string of RFC 2849 goes in base64. */
function line(name: string, value: string): string {
  if (/^(?![ :<])[ -~]*(?<! )$/.test(value)) return `${name}: ${value}`;
  return `${name}:: ${Buffer.from(value).toString('base64')}`;
}

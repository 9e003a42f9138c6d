import { Metadata } from 'libphonenumber-js/core';
import {
  type CountryCode,
  getCountries,
  getExampleNumber,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import metadata from 'libphonenumber-js/max/metadata';
import examples from 'libphonenumber-js/mobile/examples';

export const COUNTRIES = getCountries();

export function exampleMobile(country: CountryCode): PhoneNumber {
  const number = getExampleNumber(country, examples);
  if (number === undefined) throw new Error(`There is no example for ${country}.`);
  return number;
}

/** Valid mobile numbers of the country, the same in every run. */
export function randomMobiles(country: CountryCode, count: number): readonly PhoneNumber[] {
  const random = randomBy(country);
  const example = exampleMobile(country);
  const { countryCallingCode, nationalNumber } = example;
  const found = new Map<string, PhoneNumber>();
  for (let tries = 0; found.size < count && tries < count * 40; tries++) {
    const kept = Math.floor(random() * nationalNumber.length);
    const digits = Array.from(nationalNumber.slice(kept), () => Math.floor(random() * 10)).join('');
    const number = parsePhoneNumberFromString(`+${countryCallingCode}${nationalNumber.slice(0, kept)}${digits}`);
    if (number !== undefined && isOf(country, number) && /MOBILE/.test(number.getType() ?? ''))
      found.set(number.number, number);
  }
  return [...found.values()];
}

/** A number by itself does not say that it is of a territory that shares every range with another country. */
function isOf(country: CountryCode, number: PhoneNumber): boolean {
  const seen = parsePhoneNumberFromString(exampleMobile(country).number);
  return number.country === country || (seen?.country !== country && number.country === seen?.country);
}

/** The prefix that is dialled before the code of another country; of several prefixes the one that two zeros do not begin. */
export function ownPrefix(country: CountryCode): string {
  const plans = new Metadata(metadata);
  plans.selectNumberingPlan(country);
  const prefix = plans.numberingPlan?.IDDPrefix() ?? '';
  return /^\d+$/.test(prefix) ? prefix : (SEVERAL_PREFIXES[country] ?? '00');
}

const SEVERAL_PREFIXES: { readonly [Country in CountryCode]?: string } = {
  AU: '0011',
  AX: '990',
  BO: '0010',
  BR: '0014',
  CC: '0011',
  CL: '1230',
  CN: '00',
  CO: '009',
  CX: '0011',
  FI: '990',
  FJ: '052',
  HK: '001',
  ID: '009',
  IL: '012',
  KH: '001',
  KP: '99',
  KR: '002',
  MU: '020',
  MV: '019',
  MX: '09',
  NZ: '0161',
  PW: '011',
  SB: '01',
  SC: '02',
  SG: '001',
  SI: '1066',
  TD: '16',
  TH: '001',
  TW: '002',
  TZ: '005',
  UG: '007',
  UY: '0130',
};

/** Mulberry32, from the letters of a name. */
function randomBy(name: string): () => number {
  let state = Array.from(name).reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

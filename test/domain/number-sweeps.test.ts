import { expect } from 'chai';
import { NumberReader } from '../../lib/domain/number-reader.ts';
import { type Country, diallingRules } from '../../lib/domain/phone-number.ts';
import { COUNTRIES, exampleMobile, ownPrefix, randomMobiles } from '../support/sweep-numbers.ts';

/** In countries that write mobile numbers with a trunk prefix, an E.164 number whose plus is missing can be told. */
const HOMES_WITH_TRUNK: readonly Country[] = [
  'DE',
  'AT',
  'SE',
  'GB',
  'FR',
  'AU',
  'JP',
  'IN',
  'RU',
  'CH',
  'NL',
  'ZA',
  'TR',
];
const HOMES_WITHOUT: readonly Country[] = ['IT', 'ES', 'US', 'HK', 'DK', 'PL', 'SG'];
const HOMES = [...HOMES_WITH_TRUNK, ...HOMES_WITHOUT];
const MOBILES_A_COUNTRY = 200;
const USUAL = ['E.164', 'national', 'own code without plus', 'own prefix', 'two zeros'];
/** Of the other spellings, every tenth number. */
const SAMPLE = 10;

type Mobile = ReturnType<typeof exampleMobile>;

/** The reading of each spelling of a number: the number itself, nothing, or another one. */
class Tally {
  readonly #counts = new Map<string, { read: number; unreadable: number; other: string[] }>();

  add(spelling: string, reader: NumberReader, text: string, { number }: Mobile): void {
    const count = this.of(spelling);
    const [reading] = reader.read(text);
    if (reading === undefined || 'reason' in reading) count.unreadable += 1;
    else if (reading.number === number) count.read += 1;
    else count.other.push(`${text} as ${reading.number}`);
  }

  of(spelling: string): { read: number; unreadable: number; other: string[] } {
    const count = this.#counts.get(spelling) ?? { read: 0, unreadable: 0, other: [] };
    this.#counts.set(spelling, count);
    return count;
  }

  share(spelling: string): number {
    const { read, unreadable, other } = this.of(spelling);
    return read / (read + unreadable + other.length);
  }
}

function spellings(country: Country, mobile: Mobile): Readonly<Record<string, string>> {
  const digits = mobile.number.slice(1);
  return {
    'E.164': mobile.number,
    international: mobile.formatInternational(),
    national: mobile.formatNational(),
    'own code without plus': digits,
    'own prefix': `${ownPrefix(country)} ${digits}`,
    'two zeros': `00${digits}`,
    'zero in brackets': `+${mobile.countryCallingCode} (0) ${mobile.nationalNumber}`,
    'without trunk prefix': mobile.nationalNumber,
    extension: `${mobile.formatInternational()} ext. 12`,
  };
}

/**
 * Behind Singapore's 001, a number of Singapore may also be one of Jamaica with two zeros: +1 658. In Colombia 005, 007 and
 * 009 lead abroad, so 0057 may be the country's own code, or the code of another country that begins with 7.
 */
const AMBIGUOUS: Readonly<Record<string, Country>> = { 'own prefix': 'SG', 'two zeros': 'CO' };

describe('mobile numbers of every country, at home', function () {
  this.timeout(600_000);
  const tallies = new Map<Country, Tally>();
  const all = new Tally();

  before(() => {
    for (const country of COUNTRIES) {
      const reader = new NumberReader({ defaultCountry: country });
      const tally = new Tally();
      tallies.set(country, tally);
      for (const [index, mobile] of randomMobiles(country, MOBILES_A_COUNTRY).entries()) {
        for (const [spelling, text] of Object.entries(spellings(country, mobile))) {
          if (index % SAMPLE > 0 && !USUAL.includes(spelling)) continue;
          tally.add(spelling, reader, text, mobile);
          all.add(spelling, reader, text, mobile);
        }
      }
    }
  });

  it('are never taken for another number', () => {
    for (const spelling of Object.keys(spellings('SE', exampleMobile('SE')))) {
      expect(all.of(spelling).other, spelling).to.deep.equal([]);
    }
  });

  for (const spelling of USUAL) {
    it(`are read in at least 99 of 100 cases: ${spelling}`, () => {
      expect(all.of(spelling).read).to.be.greaterThan(COUNTRIES.length * 50);
      expect(all.share(spelling)).to.be.at.least(0.99);
      const seldom = [...tallies].filter(([, tally]) => !(tally.share(spelling) >= 0.99));
      const unknown = seldom.filter(([country]) => AMBIGUOUS[spelling] !== country);
      expect(unknown.map(([country]) => country)).to.deep.equal([]);
    });
  }

  it('are mostly read though a spreadsheet has taken the zero', () => {
    expect(all.share('without trunk prefix')).to.be.at.least(0.98);
  });

  it('are mostly read with a zero in brackets, which Italian numbers keep', () => {
    expect(all.share('zero in brackets')).to.be.at.least(0.98);
  });

  it('are never read with an extension', () => {
    expect(all.of('extension').read).to.equal(0);
  });
});

describe('mobile numbers of every country, abroad', function () {
  this.timeout(600_000);
  const all = new Tally();

  before(() => {
    for (const home of HOMES) {
      const reader = new NumberReader({ defaultCountry: home });
      const { callingCode, hasTrunkMobiles } = diallingRules(home);
      for (const country of COUNTRIES) {
        const mobile = exampleMobile(country);
        if (mobile.countryCallingCode === callingCode) continue;
        for (const [spelling, text] of Object.entries(spellings(country, mobile))) {
          all.add(`${spelling}, ${hasTrunkMobiles ? 'with' : 'without'} trunk`, reader, text, mobile);
        }
      }
    }
  });

  for (const trunk of ['with trunk', 'without trunk']) {
    it(`are never taken for another number, at homes ${trunk}`, () => {
      for (const spelling of ['E.164', 'international', 'two zeros', 'zero in brackets', 'extension']) {
        expect(all.of(`${spelling}, ${trunk}`).other, spelling).to.deep.equal([]);
      }
    });

    it(`are all read in E.164, and nearly all with two zeros, at homes ${trunk}`, () => {
      expect(all.share(`E.164, ${trunk}`)).to.equal(1);
      expect(all.share(`international, ${trunk}`)).to.equal(1);
      expect(all.share(`two zeros, ${trunk}`)).to.be.at.least(0.97);
    });
  }

  it('get no code without their plus, if home writes mobile numbers with a trunk prefix', () => {
    const { read, other } = all.of('own code without plus, with trunk');
    expect([read, other]).to.deep.equal([0, []]);
  });

  it('can hardly be told without their plus, if home writes none', () => {
    expect(all.of('own code without plus, without trunk').other).to.have.length.below(30);
  });
});

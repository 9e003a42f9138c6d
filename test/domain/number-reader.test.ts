import { expect } from 'chai';
import fc from 'fast-check';
import { NumberReader } from '../../lib/domain/number-reader.ts';
import type { Country } from '../../lib/domain/phone-number.ts';
import { SPELLINGS } from '../support/directory-spellings.ts';
import { PLAN_ROWS } from '../support/national-plan-rows.ts';

function readingOf(value: string, defaultCountry?: Country, country?: string): string {
  const readings = new NumberReader({ defaultCountry }).read(value, country);
  return readings.map((reading) => ('number' in reading ? reading.number : reading.reason)).join(' ');
}

describe('the number that a directory means', () => {
  for (const [topic, rows] of Object.entries(SPELLINGS)) {
    it(`is read, or nothing is: ${topic}`, () => {
      for (const [country, value, expected] of rows) {
        expect(readingOf(value, country), `${country} ${JSON.stringify(value)}`).to.equal(expected);
      }
    });
  }

  for (const [country, { source, rows }] of Object.entries(PLAN_ROWS)) {
    it(`is that of the numbering plan of ${country}: ${source}`, () => {
      for (const [value, expected] of rows) {
        expect(readingOf(value, country as Country), value).to.equal(expected);
      }
    });
  }

  it('is the same at every reading, also of a tel URI with its context', () => {
    const values = ['tel:070-174-06-05;phone-context=+46', '070-174-06-05;phone-context=+46'];
    for (let times = 0; times < 10; times++) {
      for (const value of values) expect(readingOf(value)).to.equal('+46701740605');
    }
  });

  it('is E.164 or nothing, whatever the text', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[+0-9 ()\-;,/.a-zA-Z:=]{1,40}$/));
    const countries = fc.constantFrom<(Country | undefined)[]>(undefined, 'SE', 'US', 'IT', 'RU', 'AR', 'HK');
    fc.assert(
      fc.property(texts, countries, (text, country) => {
        for (const reading of new NumberReader({ defaultCountry: country }).read(text)) {
          if ('number' in reading) expect(reading.number).to.match(/^\+[1-9]\d{6,14}$/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no time that grows, whatever the text', () => {
    for (const text of ['(', '0(', '/ 0', 'm.', ' (0)', '- ', ';', 'o', 'ext ', '+ 4', '1.1', '12 ', '1 \n']) {
      // Of the processor, since other programs may hold this one up.
      const begin = process.cpuUsage();
      readingOf(text.repeat(300), 'DE');
      readingOf(text.repeat(60), 'DE');
      const { user, system } = process.cpuUsage(begin);
      expect(user + system, text).to.be.below(1_000_000);
    }
  });
});

describe('the country of a person', () => {
  it('takes the place of the default', () => {
    expect(readingOf('0171 3920000', 'SE', 'DE')).to.equal('+491713920000');
    expect(readingOf('0171 3920000', undefined, 'de')).to.equal('+491713920000');
    expect(readingOf('07700 900123', 'SE', 'UK')).to.equal('+447700900123');
    expect(readingOf('07700 900123', 'GB', ' ')).to.equal('+447700900123');
  });

  it('leaves numbers with a country code as they are', () => {
    expect(readingOf('+46701740605', 'SE', 'DE')).to.equal('+46701740605');
    expect(readingOf('+46701740605', 'SE', 'Atlantis')).to.equal('+46701740605');
  });

  it('must be known: else nobody can tell whose national number it is', () => {
    expect(readingOf('070-174 06 05', 'SE', 'XX')).to.equal('unknownCountry');
    expect(readingOf('070-174 06 05', 'SE', 'Sweden')).to.equal('unknownCountry');
    expect(readingOf('070-174 06 05')).to.equal('noCountry');
  });
});

describe('the number format', () => {
  const read = (numberFormat: 'mixed' | 'national' | 'international', value: string) => {
    const [reading] = new NumberReader({ defaultCountry: 'DE', numberFormat }).read(value);
    return reading && 'number' in reading ? reading.number : reading?.reason;
  };

  it('mixed: a number without plus is nothing if it is also one of another country', () => {
    expect(read('mixed', '46701740605')).to.equal('addPlus');
    expect(read('mixed', '491713920000')).to.equal('+491713920000');
    expect(read('mixed', '0171 3920000')).to.equal('+491713920000');
  });

  it('national: a number without plus is never foreign', () => {
    expect(read('national', '30901820')).to.equal('internal');
    expect(read('mixed', '3612345678')).to.equal('addPlus');
    expect(read('national', '3612345678')).to.equal('+493612345678');
    expect(read('national', '491713920000')).to.equal('+491713920000');
    expect(read('national', '0171 3920000')).to.equal('+491713920000');
  });

  it('international: a number without plus has its country code', () => {
    expect(read('international', '46701740605')).to.equal('+46701740605');
    expect(read('international', '491713920000')).to.equal('+491713920000');
    expect(read('international', '0171 3920000')).to.equal('noCountry');
    expect(read('international', '0046 70 174 06 05')).to.equal('+46701740605');
    expect(read('international', '1713920000')).to.equal('invalid');
  });
});

describe('all numbers of a person', () => {
  const reader = new NumberReader({ defaultCountry: 'SE' });

  it('are there once each, however often and however they are written', () => {
    const { numbers } = reader.readAll(['+46701740605', '070-174 06 05', 'TRUE', '+46701740606;070-174 06 05']);
    expect(numbers).to.deep.equal(['+46701740605', '+46701740606']);
  });

  it('leave out what gives none, by its place and its reason', () => {
    expect(reader.readAll(['TRUE', '47110', '+46701740605', 'n/a'])).to.deep.equal({
      numbers: ['+46701740605'],
      unreadable: [
        { place: 1, reason: 'internal' },
        { place: 3, reason: 'text' },
      ],
    });
  });

  it('are trusted with a plus though the numbering plan does not know them, and that is told', () => {
    expect(reader.read('+46 700 000 0000')).to.deep.equal([{ number: '+467000000000', isValid: false }]);
    expect(reader.read('+46701740605')).to.deep.equal([{ number: '+46701740605', isValid: true }]);
  });

  it('are one text if somebody types a number', () => {
    expect(reader.readOne('070-174 06 05')).to.equal('+46701740605');
    expect(reader.readOne('070-174 06 05, 070-174 06 06')).to.equal(undefined);
    expect(reader.readOne('true')).to.equal(undefined);
  });
});

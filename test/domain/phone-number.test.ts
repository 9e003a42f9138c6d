import { expect } from 'chai';
import {
  countryOf,
  diallingRules,
  exampleNumber,
  isCountry,
  isCountryAllowed,
  planned,
} from '../../lib/domain/phone-number.ts';
import { COUNTRIES } from '../support/sweep-numbers.ts';

describe('a numbering plan', () => {
  it('knows the countries of ISO 3166-1', () => {
    expect(isCountry('SE')).to.equal(true);
    expect(isCountry('XX')).to.equal(false);
  });

  it('says what is dialled in front of numbers', () => {
    const { internationalPrefix, ...rules } = diallingRules('AU');
    expect(rules).to.deep.equal({ callingCode: '61', trunkPrefix: '0', hasTrunkMobiles: true, shortestMobile: 9 });
    expect(internationalPrefix.test('001165')).to.equal(true);
    expect(diallingRules('US').hasTrunkMobiles).to.equal(false);
    expect(diallingRules('RU').trunkPrefix).to.equal('8');
  });

  it('has rules for every country', () => {
    for (const country of COUNTRIES) {
      const { callingCode, shortestMobile } = diallingRules(country);
      expect(callingCode, country).to.match(/^\d{1,3}$/);
      expect(shortestMobile, country).to.be.within(4, 11);
    }
  });

  it('counts numbers that are reserved for fiction as mobile ones', () => {
    for (const [number, country] of [
      ['+447700900123', 'GB'],
      ['+33639981234', 'FR'],
      ['+491713920000', 'DE'],
      ['+61491570156', 'AU'],
      ['+46701740605', 'SE'],
    ] as const) {
      expect(planned(number), number).to.include({ type: 'MOBILE', country, isPossible: true });
      expect(countryOf(number)).to.equal(country);
    }
  });

  it('gives an example that nobody has: from a range for fiction, or without digits', () => {
    for (const country of COUNTRIES) {
      const example = exampleNumber(country);
      const { callingCode } = diallingRules(country);
      expect(example.startsWith(`+${callingCode}`), example).to.equal(true);
      expect(/^[ X-]+$/.test(example.slice(callingCode.length + 1)) || planned(example)?.country === country).to.equal(
        true,
      );
    }
    expect(exampleNumber('SE')).to.equal('+46 70 174 06 50');
    expect(exampleNumber('NO')).to.equal('+47 XX XX XX XX');
  });
});

describe('allowed countries', () => {
  it('are all without the option, else those that are listed, by the number’s own country', () => {
    expect(isCountryAllowed('+919810012345', undefined)).to.equal(true);
    expect(isCountryAllowed('+919810012345', ['IN'])).to.equal(true);
    expect(isCountryAllowed('+919810012345', ['SE'])).to.equal(false);
    expect(isCountryAllowed('+15062345678', ['US'])).to.equal(false);
    expect(isCountryAllowed('+15062345678', ['CA'])).to.equal(true);
  });

  it('do not have a number whose country cannot be told', () => {
    expect(isCountryAllowed('+1', ['US', 'CA'])).to.equal(false);
    expect(isCountryAllowed('+80012345678', ['US', 'CA'])).to.equal(false);
  });
});

import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { readConfig } from '../../lib/config.ts';
import type { SmsOtpOptions } from '../../lib/index.ts';
import { propertyOf, STYLE_NAMES } from '../../lib/schema/styles-schema.ts';
import { People } from '../support/people.ts';
import { problemsIn } from '../support/problems.ts';
import { RecordingTransport } from '../support/recording-transport.ts';
import { SECRET } from '../support/rig.ts';

function read(styles: unknown): ReturnType<typeof readConfig>['styles'] {
  const needed = { secret: SECRET, userStore: new People(), transport: new RecordingTransport() };
  return readConfig({ ...needed, styles } as SmsOtpOptions).styles;
}

const problemsOf = (styles: unknown): readonly string[] => problemsIn(() => read(styles));

describe('styles', () => {
  it('are a stylesheet of the app', () => {
    expect(read('/public/login.css?v=2')).to.deep.equal({ url: '/public/login.css?v=2' });
    expect(read(undefined)).to.equal(undefined);
  });

  it('are values for custom properties, in the dark others', () => {
    const font = '"Source Sans 3", system-ui, sans-serif';
    expect(
      read({ accent: '#0b6e4f', onAccent: 'white', font, dark: { accent: 'rgb(111 224 181 / 90%)' } }),
    ).to.deep.equal({
      css: [
        `:root { --sms-otp-accent: #0b6e4f; --sms-otp-on-accent: white; --sms-otp-font: ${font}; }`,
        '@media (prefers-color-scheme: dark) {',
        ':root { --sms-otp-accent: rgb(111 224 181 / 90%); }',
        '}\n',
      ].join('\n'),
    });
  });

  it('can set nothing that the stylesheet does not have', () => {
    const css = readFileSync('lib/pages/assets/sms-otp.css', 'utf8');
    const known = [...new Set(css.match(/--sms-otp-[a-z-]+(?=:)/g))];
    expect(STYLE_NAMES.map(propertyOf)).to.include.members(known);
  });

  for (const value of [
    '#fff',
    'rebeccapurple',
    'rgb(0 0 0 / 50%)',
    'hsl(210deg, 60%, 40%)',
    'calc(1rem + 2px)',
    '.5rem',
    '-1px',
    "'Inter', sans-serif",
    '0',
  ]) {
    it(`take ${value}`, () => {
      expect(problemsOf({ accent: value })).to.deep.equal([]);
    });
  }

  for (const value of [
    'red; } body { display: none',
    'red}',
    'red;--sms-otp-text:red',
    'red !important',
    'red /* ',
    'calc(1 /* 2)',
    'url(//evil.example/x)',
    'url(https://evil.example/x)',
    'expression(alert(1)',
    'rgb(0 0 0',
    '"open',
    "'open",
    'red\\3b',
    '</style><script>alert(1)</script>',
    '@import "x"',
    'red\n} body{}',
    'red\u0000',
    'a'.repeat(201),
    '',
    5,
    null,
  ]) {
    it(`refuse ${JSON.stringify(value)?.slice(0, 40)} everywhere, and do not echo it`, () => {
      for (const styles of [{ accent: value }, { logo: value }, { dark: { radius: value } }]) {
        const problems = problemsOf(styles);
        expect(problems).to.have.length(1);
        expect(problems[0]).to.match(/^smsOtp\.styles\.(accent|logo|dark\.radius): must be /);
        if (typeof value === 'string' && value.length > 3) expect(problems[0]).to.not.include(value);
      }
    });
  }

  it('take a logo from this site only', () => {
    for (const logo of ['url(/logo.svg)', 'url("/a/b-c.svg")', 'none']) expect(problemsOf({ logo })).to.deep.equal([]);
    for (const logo of [
      'url(logo.svg)',
      'url("//evil.example/x")',
      'url(data:image/svg+xml,x)',
      'url(/a) url(/b)',
      '/a',
    ]) {
      expect(problemsOf({ logo })).to.have.length(1);
    }
  });

  it('refuse other sites, and what is no stylesheet', () => {
    for (const styles of ['https://cdn.example/x.css', '//cdn.example/x.css', '/\\evil', '/x"onload="', 'x.css', '']) {
      expect(problemsOf(styles), styles).to.have.length(1);
    }
    for (const styles of [5, [], null, () => '']) expect(problemsOf(styles)).to.not.deep.equal([]);
  });

  it('are refused with all problems at once, with unknown names among them', () => {
    const problems = problemsOf({ accent: ';', radius: '}', colour: 'red', dark: { text: '{' } });
    expect(problems).to.have.length(4);
    expect(problems.join()).to.include('colour');
  });
});

import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { classOf, remedyOf } from '../../lib/smpp/command-status.ts';
import { smppOptionsFromGluu } from '../../lib/smpp/gluu-properties.ts';
import { readSmppOptions } from '../../lib/smpp/smpp-schema.ts';
import { TIMEOUTS } from '../../lib/smpp/timeouts.ts';

const docs = readFileSync('docs/smpp.md', 'utf8');

/** The rows of the table whose head begins like that, cell by cell. */
function table(head: string): readonly (readonly string[])[] {
  const [, rest = ''] = docs.split(`\n| ${head} |`);
  const [rows = ''] = rest.split('\n\n');
  return rows
    .split('\n')
    .slice(2)
    .map((row) => row.split(/ ?(?<!\\)\| ?/).slice(1, -1));
}

/** The names in the first cells. */
function named(rows: readonly (readonly string[])[]): readonly string[] {
  return rows.flatMap(([name = '']) => Array.from(name.matchAll(/`([^`]+)`/g), ([, word = '']) => word));
}

/** The properties of an interface, in its order. */
function propertiesOf(file: string, name: string): readonly string[] {
  const [, body = ''] = new RegExp(`interface ${name} \\{\\n(.*?)\\n\\}`, 's').exec(readFileSync(file, 'utf8')) ?? [];
  return Array.from(body.matchAll(/^ {2}readonly (\w+)\??:/gm), ([, property = '']) => property);
}

describe('docs/smpp.md', () => {
  for (const [head, name, file] of [
    ['option', 'SmppTransportOptions', 'smpp-options'],
    ['option of an SMSC', 'SmscOptions', 'smpp-options'],
    ['option of a route', 'RouteOptions', 'smpp-options'],
    ['of an SMSC', 'SmscStats', 'smsc'],
    ['of a route', 'RouteStats', 'routes'],
    ['property', 'GluuSmppProperties', 'gluu-properties'],
  ] as const) {
    it(`names all properties of ${name}, and no others`, () => {
      const properties = propertiesOf(`lib/smpp/${file}.ts`, name);
      expect(properties).not.to.have.lengthOf(0);
      expect(named(table(head))).to.have.members(properties);
    });
  }

  it('tells the defaults of an SMSC', () => {
    const [defaults] = readSmppOptions({ smscs: [{ host: 'a' }], source: 'a' }).smscs;
    const values = new Map<string, unknown>(Object.entries(defaults ?? {}));
    for (const [name = '', told = ''] of table('option of an SMSC')) {
      const value = values.get(name.replaceAll('`', ''));
      if (typeof value === 'number' && name !== '`port`') expect(told, name).to.equal(String(value));
      if (typeof value === 'string' && value !== '' && told !== 'required' && name !== '`name`') {
        expect(told, name).to.equal(`\`'${value}'\``);
      }
      if (value === '') expect(told, name).to.equal('none');
    }
  });

  it('tells the defaults of Gluu’s properties', () => {
    const sparse = { smpp_server: 'a', smpp_port: 1 };
    const told = table('property').map(([name = '', value = '']) => [
      name.replaceAll('`', ''),
      value.replaceAll('`', ''),
    ]);
    const spelt = Object.fromEntries(told.filter(([, value]) => value !== 'required' && value !== 'none'));
    expect(smppOptionsFromGluu({ ...spelt, ...sparse })).to.deep.equal(smppOptionsFromGluu(sparse));
  });

  it('puts each status into its class, and leaves none out', () => {
    const told = new Map<number, string>();
    for (const [name = '', statuses = ''] of table('class')) {
      for (const [, first = '', last = first] of statuses.matchAll(/(0x[\dA-F]+)(?:-(0x[\dA-F]+))?/g)) {
        for (let status = Number(first); status <= Number(last); status += 1)
          told.set(status, name.replaceAll('`', ''));
      }
    }
    for (const [status, name] of told) expect(classOf(status), `0x${status.toString(16)}`).to.equal(name);
    const all = Array.from({ length: 0x500 }, (_, status) => status).slice(1);
    const missing = all.filter((status) => classOf(status) !== 'transient' && !told.has(status));
    expect(missing).to.deep.equal([]);
  });

  it('tells what to do about each status as the doctor does', () => {
    const rows = table('status');
    expect(rows).to.have.length.greaterThan(20);
    for (const [status = '', remedy] of rows) {
      const [, name] = /`(\w+)`/.exec(status) ?? [];
      const found = name === undefined ? remedyOf(Number(status)) : remedyOf(1024, { 1024: name as 'number' });
      expect(remedy, status).to.equal(found);
    }
  });

  it('tells the times that are', () => {
    const seconds = (milliseconds: number): number => milliseconds / 1000;
    expect(docs).to.contain(`a send takes ${seconds(TIMEOUTS.send)} seconds at most`);
    expect(docs).to.contain(`up to ${seconds(TIMEOUTS.step)} for a bind and a place in its window`);
    expect(docs).to.contain(`up to ${seconds(TIMEOUTS.response)} for the answer`);
    expect(docs).to.contain(`${seconds(TIMEOUTS.shortestPause)} to ${seconds(TIMEOUTS.longestPause)} seconds`);
    expect(docs).to.contain(`for ${seconds(TIMEOUTS.silence)} seconds is asked, and left ${seconds(TIMEOUTS.dead)}`);
    expect(docs).to.contain(`an attempt every ${seconds(TIMEOUTS.configPause) / 60} minutes`);
    expect(TIMEOUTS.busyPause).to.equal(1000);
  });
});

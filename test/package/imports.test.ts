import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect } from 'chai';

const IMPORT =
  /^(?:import|export)\s(?<type>type\s)?(?:[^'";]*\sfrom\s)?'(?<from>[^']+)'|\bimport\('(?<lazy>[^']+)'\)/gm;
const COMMENT = /\/\*[\s\S]*?\*\/|\/\/.*$/gm;
const ADAPTERS = ['http', 'ldap', 'smpp', 'state', 'pages'];
const LEAVES = [
  'bounded-map.ts',
  'deadline.ts',
  'errors.ts',
  'events.ts',
  'log.ts',
  'url.ts',
  'views.ts',
  'schema/check-options.ts',
  'schema/option-values.ts',
  'schema/tls-options.ts',
  'diagnostics/server.ts',
  'locales/locale.ts',
];

interface Import {
  readonly file: string;
  /** A path under lib/, or the name of a package. */
  readonly to: string;
  readonly isType: boolean;
}

const files = readdirSync('lib', { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/'));
const sources = new Map(
  files.filter((file) => file.endsWith('.ts')).map((file) => [file, readFileSync(`lib/${file}`, 'utf8')]),
);
const imports = [...sources].flatMap(([file, source]) => Array.from(source.matchAll(IMPORT), (hit) => read(file, hit)));
const valuesOf = new Map(
  [...sources.keys()].map((file) => [file, imports.filter((it) => it.file === file && !it.isType).map(({ to }) => to)]),
);

describe('the direction of imports', () => {
  it('lets the domain import node:crypto, its own files, bounded-map, errors, types of events, otplib and libphonenumber-js', () => {
    const allowed = /^(domain\/.*|errors\.ts|node:crypto|bounded-map\.ts|@otplib\/.*|libphonenumber-js(\/.*)?)$/;
    const isFine = ({ to, isType }: Import) => allowed.test(to) || (isType && to === 'events.ts');
    expect(imports.filter((it) => it.file.startsWith('domain/') && !isFine(it))).to.deep.equal([]);
  });

  it('keeps time, timers, the process and chance that is no secret out of the domain', () => {
    const forbidden = /\bDate\.now\b|\bnew Date\(\)|\bprocess\.|\bset(Timeout|Interval|Immediate)\b|\bMath\.random\b/;
    const offenders = [...sources].filter(
      ([file, source]) => file.startsWith('domain/') && forbidden.test(source.replace(COMMENT, '')),
    );
    expect(offenders.map(([file]) => file)).to.deep.equal([]);
  });

  for (const folder of ADAPTERS) {
    it(`lets ${folder}/ import its own files, the domain and the leaf files only`, () => {
      const isFine = ({ to }: Import) =>
        !sources.has(to) || to.startsWith(`${folder}/`) || to.startsWith('domain/') || LEAVES.includes(to);
      expect(imports.filter((it) => it.file.startsWith(`${folder}/`) && !isFine(it))).to.deep.equal([]);
    });
  }

  it('has no circles', () => {
    expect([...sources.keys()].filter((file) => loadedBy(file).has(file))).to.deep.equal([]);
  });

  it('imports otplib, libphonenumber-js and debug in exactly one file each', () => {
    for (const name of ['@otplib', 'libphonenumber-js', 'debug']) expect(importersOf(name), name).to.have.length(1);
  });

  it('imports smpp and ldapts only in their adapters and simulators', () => {
    const strays = (name: string, home: RegExp) => importersOf(name).filter((file) => !home.test(file));
    expect(strays('smpp', /^(smpp\/|simulator\/smsc)/)).to.deep.equal([]);
    expect(strays('ldapts', /^(ldap\/|simulator\/directory)/)).to.deep.equal([]);
  });

  it('imports OpenTelemetry only in telemetry/, which else needs leaf files and types only', () => {
    const isStray = ({ file, to }: Import) => to.startsWith('@opentelemetry/') && !file.startsWith('telemetry/');
    expect(imports.filter(isStray)).to.deep.equal([]);
    const isFine = ({ to, isType }: Import) =>
      isType || !sources.has(to) || to.startsWith('telemetry/') || LEAVES.includes(to);
    expect(imports.filter((it) => it.file.startsWith('telemetry/') && !isFine(it))).to.deep.equal([]);
  });

  it('lets client/, which browsers load, import its own files, and types of errors', () => {
    const isFine = ({ to, isType }: Import) => to.startsWith('client/') || (isType && to === 'errors.ts');
    expect(imports.filter((it) => it.file.startsWith('client/') && !isFine(it))).to.deep.equal([]);
  });

  it('loads neither smpp, nor ldapts, nor OpenTelemetry, nor a simulator with the main entry', () => {
    expect(sources.has('index.ts')).to.equal(true);
    expect(
      [...loadedBy('index.ts')].filter((file) => /^(smpp|ldapts|simulator|telemetry|@opentelemetry)(\/|$)/.test(file)),
    ).to.deep.equal([]);
  });
});

function read(file: string, { groups = {} }: RegExpExecArray): Import {
  const target = groups.from ?? groups.lazy ?? '';
  const to = target.startsWith('.') ? posix.join(posix.dirname(file), target) : target;
  return { file, to, isType: groups.type !== undefined };
}

/** All that comes with a file when the program runs; types do not. */
function loadedBy(file: string): ReadonlySet<string> {
  const loaded = new Set(valuesOf.get(file));
  for (const each of loaded) for (const to of valuesOf.get(each) ?? []) loaded.add(to);
  return loaded;
}

function importersOf(name: string): readonly string[] {
  const hits = imports.filter(({ to }) => !sources.has(to) && (to === name || to.startsWith(`${name}/`)));
  return [...new Set(hits.map(({ file }) => file))];
}

import type { Client, Entry } from 'ldapts';
import type { Deadline } from '../deadline.ts';
import type { Connection } from './connection.ts';

/** An entry of this class may have any attribute (RFC 4512, section 4.3). */
const ANYTHING = 'extensibleobject';

/** One definition of an object class or an attribute type (RFC 4512, section 4.1), its names in small letters. */
interface Definition {
  readonly names: readonly string[];
  readonly superior: readonly string[];
  readonly attributes: readonly string[];
}

/** Which attributes the entry may have by the rules of the directory; `undefined` if the directory does not say. */
export async function readAllowedAttributes(
  connection: Connection,
  dn: string,
  deadline: Deadline,
): Promise<((attribute: string) => boolean) | undefined> {
  const read = (base: string, ...attributes: string[]) =>
    connection.run((client) => readEntry(client, base, attributes), deadline);
  const entry = await read(dn, 'objectClass', 'allowedAttributes', 'subschemaSubentry');
  // Active Directory works it out by itself.
  const allowed = namesIn(entry, 'allowedAttributes');
  if (allowed.length > 0) return (attribute) => allowed.includes(attribute.toLowerCase());
  const classes = namesIn(entry, 'objectClass');
  const [place] = [
    ...texts(entry, 'subschemaSubentry'),
    ...texts(await read('', 'subschemaSubentry'), 'subschemaSubentry'),
  ];
  if (place === undefined || classes.length === 0) return undefined;
  const schema = await read(place, 'objectClasses', 'attributeTypes');
  const definitions = texts(schema, 'objectClasses').map(readDefinition);
  if (definitions.length === 0) return undefined;
  const types = texts(schema, 'attributeTypes').map(readDefinition);
  const known = attributesOf(classes, definitions);
  return (attribute) => {
    const name = attribute.toLowerCase();
    const names = types.find((type) => type.names.includes(name))?.names ?? [name];
    return classes.includes(ANYTHING) || names.some((each) => known.has(each));
  };
}

/** Of these classes and all above them. */
function attributesOf(classes: readonly string[], definitions: readonly Definition[]): ReadonlySet<string> {
  const wanted = new Set(classes);
  const attributes = new Set<string>();
  // The set grows while it is read.
  for (const name of wanted) {
    const definition = definitions.find(({ names }) => names.includes(name));
    for (const above of definition?.superior ?? []) wanted.add(above);
    for (const attribute of definition?.attributes ?? []) attributes.add(attribute);
  }
  return attributes;
}

function readDefinition(text: string): Definition {
  const list = (keyword: string) => {
    const found = new RegExp(`\\s${keyword}\\s+(?:\\(([^)]*)\\)|'?([^\\s')]+)'?)`, 'i').exec(text);
    return (found?.[1] ?? found?.[2] ?? '')
      .toLowerCase()
      .split(/[\s$']+/)
      .filter((name) => name !== '');
  };
  return { names: list('NAME'), superior: list('SUP'), attributes: [...list('MUST'), ...list('MAY')] };
}

async function readEntry(client: Client, base: string, attributes: string[]): Promise<Entry | undefined> {
  return (await client.search(base, { scope: 'base', attributes })).searchEntries[0];
}

function texts(entry: Entry | undefined, attribute: string): readonly string[] {
  const name = Object.keys(entry ?? {}).find((key) => key.toLowerCase() === attribute.toLowerCase());
  return name === undefined ? [] : [entry?.[name] ?? []].flat().map(String);
}

function namesIn(entry: Entry | undefined, attribute: string): readonly string[] {
  return texts(entry, attribute).map((name) => name.toLowerCase());
}

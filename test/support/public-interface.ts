import { resolve } from 'node:path';
// TypeScript 7 has no interface for programs yet.
import ts from 'typescript-5.8';
import { ENTRIES } from '../../scripts/entries.mjs';

/** A name that an entry of the package exports. */
export interface PublicSymbol {
  readonly name: string;
  readonly isType: boolean;
  /** The symbol itself and its members, as `SmsOtp.health`, if they have no docstring. */
  readonly undocumented: readonly string[];
}

/** The exports of each entry, by its sub-path, as `./ldap`. */
export function readPublicInterface(): ReadonlyMap<string, readonly PublicSymbol[]> {
  const { checker, modules } = readEntries();
  return new Map([...modules].map(([entry, source]) => [entry, symbolsOf(checker, source)]));
}

/**
 * The fields of each type that the main entry exports, as `purpose?` or `error?.code`; of a tuple (an event), those of
 * its first element; of a union of texts, the texts.
 */
export function readPublicFields(): ReadonlyMap<string, readonly string[]> {
  const { checker, modules } = readEntries();
  const exported = exportsOf(checker, modules.get('.'));
  return new Map(
    exported.map((symbol) => {
      const type = checker.getDeclaredTypeOfSymbol(aliased(checker, symbol));
      const texts = type.isUnion() ? type.types.filter((each) => each.isStringLiteral()) : [];
      return [symbol.name, texts.length > 0 ? texts.map(({ value }) => value) : fieldsOf(checker, type)];
    }),
  );
}

interface Entries {
  readonly checker: ts.TypeChecker;
  readonly modules: ReadonlyMap<string, ts.SourceFile | undefined>;
}

function readEntries(): Entries {
  const entries = Object.entries(ENTRIES).map(([entry, module]) => [entry, resolve(`lib/${module}.ts`)] as const);
  const options = { module: ts.ModuleKind.NodeNext, allowImportingTsExtensions: true, noEmit: true, types: [] };
  const program = ts.createProgram(
    entries.map(([, file]) => file),
    options,
  );
  const checker = program.getTypeChecker();
  return { checker, modules: new Map(entries.map(([entry, file]) => [entry, program.getSourceFile(file)])) };
}

function exportsOf(checker: ts.TypeChecker, source: ts.SourceFile | undefined): readonly ts.Symbol[] {
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`This is no module: ${source?.fileName}`);
  return checker.getExportsOfModule(module);
}

function aliased(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** Also those of the objects that it holds, as far as our own sources declare them. */
function fieldsOf(checker: ts.TypeChecker, type: ts.Type, path = ''): readonly string[] {
  return type.getProperties().flatMap((field) => {
    const name = `${path}${field.name}${field.flags & ts.SymbolFlags.Optional ? '?' : ''}`;
    const held = heldBy(checker, checker.getNonNullableType(checker.getTypeOfSymbol(field)));
    return [name, ...(held === undefined ? [] : fieldsOf(checker, held, `${name}.`))];
  });
}

function heldBy(checker: ts.TypeChecker, type: ts.Type): ts.Type | undefined {
  const held = checker.isTupleType(type) ? checker.getTypeArguments(type as ts.TypeReference)[0] : type;
  const fields = held?.getProperties() ?? [];
  return fields.length > 0 && fields.every(isPlainAndOurs) ? held : undefined;
}

/** Data that our own sources declare: nothing of JavaScript's, and no class. */
function isPlainAndOurs({ declarations = [] }: ts.Symbol): boolean {
  return declarations.every(
    (each) => each.getSourceFile().fileName.startsWith(resolve('lib')) && !ts.isClassLike(each.parent),
  );
}

function symbolsOf(checker: ts.TypeChecker, source: ts.SourceFile | undefined): readonly PublicSymbol[] {
  return exportsOf(checker, source).map((exported) => {
    const symbol = aliased(checker, exported);
    const isDocumented = (it: ts.Symbol) => it.getDocumentationComment(checker).length > 0;
    const undocumented = membersOf(symbol).filter((member) => !isDocumented(member));
    return {
      name: symbol.name,
      isType: (symbol.flags & ts.SymbolFlags.Value) === 0 || exported.declarations?.every(isTypeOnly) === true,
      undocumented: [
        ...(isDocumented(symbol) ? [] : [symbol.name]),
        ...undocumented.map((member) => `${symbol.name}.${member.name}`),
      ],
    };
  });
}

/** Fields and methods of an interface or a class, static ones, too; no private ones. */
function membersOf(symbol: ts.Symbol): readonly ts.Symbol[] {
  const isMember = ({ name, flags }: ts.Symbol) =>
    (flags & (ts.SymbolFlags.ClassMember | ts.SymbolFlags.Property)) !== 0 && !/^(__|#)/.test(name);
  const statics = symbol.flags & ts.SymbolFlags.Class ? (symbol.exports?.values() ?? []) : [];
  return [...(symbol.members?.values() ?? []), ...statics].filter(isMember).filter(({ name }) => name !== 'prototype');
}

/** Also a class may be exported as a type, which nobody can construct. */
function isTypeOnly(declaration: ts.Declaration): boolean {
  return ts.isExportSpecifier(declaration) && (declaration.isTypeOnly || declaration.parent.parent.isTypeOnly);
}

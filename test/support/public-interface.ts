import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
// TypeScript 7 has no interface for programs yet.
import ts from 'typescript-5.8';

/** A name that an entry of the package exports. */
export interface PublicSymbol {
  readonly name: string;
  readonly isType: boolean;
  /** The symbol itself and its members, as `SmsOtp.health`, where they have no docstring. */
  readonly undocumented: readonly string[];
}

/** What each entry exports, by its sub-path, as `./ldap`. */
export function readPublicInterface(): ReadonlyMap<string, readonly PublicSymbol[]> {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
  const entries = Object.entries<{ types: string }>(exports).map(
    ([entry, { types }]) => [entry, resolve(types.replace('./dist/', 'lib/').replace('.d.ts', '.ts'))] as const,
  );
  const options = { module: ts.ModuleKind.NodeNext, allowImportingTsExtensions: true, noEmit: true, types: [] };
  const program = ts.createProgram(
    entries.map(([, file]) => file),
    options,
  );
  const checker = program.getTypeChecker();
  return new Map(entries.map(([entry, file]) => [entry, symbolsOf(checker, program.getSourceFile(file))]));
}

function symbolsOf(checker: ts.TypeChecker, source: ts.SourceFile | undefined): readonly PublicSymbol[] {
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`This is no module: ${source?.fileName}`);
  return checker.getExportsOfModule(module).map((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
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

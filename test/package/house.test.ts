import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
// TypeScript 7 has no interface for programs yet.
import ts from 'typescript-5.8';
import { likeQuestions, proseIn, wheresThatAreIfs } from '../support/plain-english.ts';

const MOST_LINES = 250;
const MOST_LINES_OF_A_FUNCTION = 30;
/** Factories whose methods share a closure: each method is counted by itself. */
const FACTORIES = ['oldRedisState'];

const paths = readdirSync('lib', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
const sources = paths.map((path) =>
  ts.createSourceFile(path, readFileSync(`lib/${path}`, 'utf8'), ts.ScriptTarget.ES2023, true),
);

describe('the files of lib', () => {
  it(`have ${MOST_LINES} lines at most`, () => {
    const long = sources.filter((source) => linesOf(source) > MOST_LINES + 1);
    expect(long.map(({ fileName }) => fileName)).to.deep.equal([]);
  });

  it(`have functions of ${MOST_LINES_OF_A_FUNCTION} lines at most`, () => {
    const isLong = (node: FunctionWithBody) =>
      linesOf(node) > MOST_LINES_OF_A_FUNCTION && !FACTORIES.includes(nameOf(node));
    const long = sources.flatMap((source) => functionsIn(source).filter(isLong));
    expect(long.map((node) => `${node.getSourceFile().fileName}: ${nameOf(node)}`)).to.deep.equal([]);
  });

  it('leave a property out in one way: ...(value !== undefined && { value })', () => {
    const others = sources.flatMap((source) => nodesIn(source).filter(isSpreadOfNothing));
    expect(others.map((node) => `${node.getSourceFile().fileName}: ${node.getText()}`)).to.deep.equal([]);
  });

  it('are not named after everything and nothing', () => {
    expect(paths.filter((path) => /\b(utils?|helpers?|common|types|constants|misc)\.ts$/.test(path))).to.deep.equal([]);
  });
});

describe('the English', () => {
  const code = ['lib', 'test', 'example-app', 'bench', 'scripts'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  );
  const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...readdirSync('docs').map((path) => `docs/${path}`)];
  const files = [...code, ...pages].filter(
    (path) => /\.(ts|mts|mjs|js|md)$/.test(path) && !/node_modules|\.build|attacks|plain-english/.test(path),
  );
  const sentencesOf = (path: string) => proseIn(path, readFileSync(path, 'utf8'));

  it('begins no sentence of a comment or a page with Who, Whoever, Whom or What', () => {
    expect(files.flatMap((path) => likeQuestions(sentencesOf(path)).map((one) => `${path}: ${one}`))).to.deep.equal([]);
  });

  it('says "if" or "when" for conditions, and "where" for places only', () => {
    const found = files.flatMap((path) => wheresThatAreIfs(sentencesOf(path)).map((one) => `${path}: ${one}`));
    expect(found).to.deep.equal([]);
  });
});

describe('the map of the house', () => {
  it('shows every folder of lib, and no other', () => {
    const [, map = ''] = /^lib\/\n((?: {2}.*\n)+)/m.exec(readFileSync('CONTRIBUTING.md', 'utf8')) ?? [];
    const shown = Array.from(map.matchAll(/^ {2}([a-z]+)\/ /gm), ([, folder]) => folder);
    const folders = readdirSync('lib', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(shown).to.have.members(folders.map(({ name }) => name));
  });

  it('names files that are there', () => {
    const named =
      readFileSync('CONTRIBUTING.md', 'utf8').match(/(?<=`)(?:lib|test|docs|scripts)\/[\w./-]+(?=`)/g) ?? [];
    expect(named).to.not.be.empty;
    expect(named.filter((path) => !existsSync(path))).to.deep.equal([]);
  });
});

type FunctionWithBody = ts.FunctionLikeDeclaration & { readonly body: ts.Node };

function functionsIn(node: ts.Node): readonly FunctionWithBody[] {
  return nodesIn(node).filter(hasBody);
}

function nodesIn(node: ts.Node): readonly ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (inner: ts.Node): void => {
    found.push(inner);
    ts.forEachChild(inner, visit);
  };
  visit(node);
  return found;
}

/** As `...(value === undefined ? {} : { value })`. */
function isSpreadOfNothing(node: ts.Node): boolean {
  if (!ts.isSpreadAssignment(node) || !ts.isParenthesizedExpression(node.expression)) return false;
  const { expression } = node.expression;
  if (!ts.isConditionalExpression(expression)) return false;
  const isNothing = (branch: ts.Node) => ts.isObjectLiteralExpression(branch) && branch.properties.length === 0;
  return isNothing(expression.whenTrue) || isNothing(expression.whenFalse);
}

function hasBody(node: ts.Node): node is FunctionWithBody {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;
}

function nameOf({ name }: FunctionWithBody): string {
  return name?.getText() ?? 'without a name';
}

function linesOf(node: ts.Node): number {
  const source = node.getSourceFile();
  const [start, end] = [node.getStart(source), node.end].map((at) => source.getLineAndCharacterOfPosition(at).line);
  return (end ?? 0) - (start ?? 0) + 1;
}

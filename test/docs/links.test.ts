import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect } from 'chai';

const DOCS = readdirSync('docs').filter((file) => file.endsWith('.md'));
const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...DOCS.map((file) => `docs/${file}`)];

interface Link {
  readonly page: string;
  readonly target: string;
}

describe('the links of the docs', () => {
  const links = PAGES.flatMap(linksOf);

  it('lead to files that there are', () => {
    expect(links).to.have.length.above(50);
    expect(links.filter((link) => !existsSync(fileOf(link)))).to.deep.equal([]);
  });

  it('lead to headings that there are', () => {
    const inside = links.filter((link) => link.target.includes('#') && fileOf(link).endsWith('.md'));
    expect(inside).to.have.length.above(10);
    const dead = inside.filter((link) => !headingsOf(fileOf(link)).has(link.target.split('#')[1] ?? ''));
    expect(dead).to.deep.equal([]);
  });

  it('lead from the package to files in the package, but for contributors', function () {
    this.timeout(60_000);
    const packing = execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], { stdio: 'pipe' });
    const [{ files }] = JSON.parse(packing.toString());
    const packed = new Set<string>(files.map(({ path }: { path: string }) => path));
    expect(packed).to.include('docs/README.md');
    const shipped = links.filter((link) => packed.has(link.page) && fileOf(link) !== 'CONTRIBUTING.md');
    expect(shipped.filter((link) => !packed.has(fileOf(link)))).to.deep.equal([]);
  });

  it('lead from the index to every page', () => {
    const reached = new Set(['docs/README.md']);
    for (const page of reached) {
      if (!page.endsWith('.md')) continue;
      for (const link of linksOf(page)) reached.add(fileOf(link));
    }
    expect([...reached]).to.include.members(PAGES);
  });
});

/** The targets of the page's links inside this repository: links and pictures, in Markdown and in HTML. */
function linksOf(page: string): readonly Link[] {
  const text = withoutListings(page).replace(/`[^`\n]*`/g, '');
  const found = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)];
  return found
    .map(([, markdown, html]) => ({ page, target: markdown ?? html ?? '' }))
    .filter(({ target }) => !/^[a-z]+:/.test(target));
}

function fileOf({ page, target }: Link): string {
  const [path = ''] = target.split('#');
  return path === '' ? page : normalize(join(dirname(page), path));
}

/** The fragments that GitHub makes of headings. */
function headingsOf(page: string): ReadonlySet<string> {
  const slugs = new Set<string>();
  for (const [, heading = ''] of withoutListings(page).matchAll(/^#+ (.*)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    let unique = slug;
    for (let count = 1; slugs.has(unique); count += 1) unique = `${slug}-${count}`;
    slugs.add(unique);
  }
  return slugs;
}

/** A line of a listing may look like a heading or a link. */
function withoutListings(page: string): string {
  return readFileSync(page, 'utf8').replace(/^```.*?^```$/gms, '');
}

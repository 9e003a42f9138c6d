import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { openApi } from '../../scripts/openapi.mjs';

describe('docs/openapi.json', () => {
  it('is what the routes and the errors of the source give: npm run openapi writes it anew', () => {
    expect(JSON.parse(readFileSync('docs/openapi.json', 'utf8'))).to.deep.equal(JSON.parse(JSON.stringify(openApi())));
  });
});

import { expect } from 'chai';
import { html } from '../../lib/pages/html.ts';

describe('html`…`', () => {
  it('escapes what could begin or end markup, in text and in quoted attributes', () => {
    expect(html`<p title="${`"'<&>`}">${`<b>&amp;</b>`}</p>`.toString()).to.equal(
      '<p title="&quot;&#39;&lt;&amp;&gt;">&lt;b&gt;&amp;amp;&lt;/b&gt;</p>',
    );
  });

  it('takes its own markup as it is, alone and in lists', () => {
    const items = ['a', '<'].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}</ul>${html`<hr>`}`.toString()).to.equal('<ul><li>a</li><li>&lt;</li></ul><hr>');
  });

  it('shows numbers, zero too, and nothing for what is absent', () => {
    expect(html`${0}${undefined}${null}${false}${[]}${12}`.toString()).to.equal('012');
  });
});

import { expect } from 'chai';
import { BoundedMap } from '../lib/bounded-map.ts';

describe('a bounded map', () => {
  it('removes the entry that was set least recently when there are too many', () => {
    const map = new BoundedMap<string, number>(2).set('a', 1).set('b', 2).set('c', 3);
    expect([...map]).to.deep.equal([
      ['b', 2],
      ['c', 3],
    ]);
  });

  it('takes a repeated set for the most recent one, and keeps the size', () => {
    const map = new BoundedMap<string, number>(2).set('a', 1).set('b', 2).set('a', 3).set('c', 4);
    expect([...map.keys()]).to.deep.equal(['a', 'c']);
  });

  it('makes a value once, and remembers it until it has to go', () => {
    const map = new BoundedMap<string, number>(1);
    let made = 0;
    const make = () => ++made;
    expect([map.recall('a', make), map.recall('a', make)]).to.deep.equal([1, 1]);
    expect([map.recall('b', make), map.recall('a', make)]).to.deep.equal([2, 3]);
    expect(map.size).to.equal(1);
  });

  it('keeps the latest ones also after some were removed, repeated or all cleared', () => {
    const map = new BoundedMap<number, number>(3);
    for (let key = 0; key < 50; key += 1) map.set(key, key);
    map.delete(48);
    map.set(47, 0).set(50, 50).set(51, 51);
    expect([...map.keys()]).to.deep.equal([47, 50, 51]);
    map.clear();
    for (let key = 0; key < 50; key += 1) map.set(key % 7, key);
    expect([...map.keys()]).to.deep.equal([5, 6, 0]);
  });
});

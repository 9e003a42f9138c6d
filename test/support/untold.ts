import { expect } from 'chai';

/** The text tells none of the words. */
export function expectUntold(text: string, ...words: readonly string[]): void {
  expect(words.filter((word) => tells(text, word))).to.deep.equal([]);
}

/**
 * Whether the word is in the text. Chance puts a short word into sealed values, and six digits into a time or a port:
 * a code counts only if no digit is beside it, and a word of less than six characters only if it stands alone.
 */
export function tells(text: string, word: string): boolean {
  if (word === '') throw new Error('There is no word to look for.');
  if (word.length < 6) return standsBetween('[\\w-]', text, word);
  return /^\d{6,8}$/.test(word) ? standsBetween('\\d', text, word) : text.includes(word);
}

function standsBetween(neighbour: string, text: string, word: string): boolean {
  return new RegExp(`(?<!${neighbour})${word}(?!${neighbour})`).test(text);
}

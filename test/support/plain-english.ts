/** The prose of a file: comments of code, and all of Markdown but its listings, by sentence. */
export function proseIn(path: string, text: string): readonly string[] {
  const parts = path.endsWith('.md')
    ? [text.replace(/^(```|~~~)[\s\S]*?^\1$/gm, '').replace(/`[^`\n]*`/g, '`…`')]
    : (text.match(/\/\*[\s\S]*?\*\/|(?<![:'"`\w])\/\/.*(?:\n\s*\/\/.*)*/g) ?? []);
  return parts.flatMap((part) =>
    part
      .replace(/^\s*(?:\/\*\*?|\*\/|\*|\/\/)\s?/gm, '')
      .split(/\n\s*\n|\n(?=\s*(?:[-|#>]|\d+\.))|(?<=[.!?:])\s+(?=[A-Z`@])|\|/)
      .map((sentence) => sentence.replace(/\*\/|[*#>-]+(?=\s)|\s+/g, ' ').trim()),
  );
}

/** Sentences that begin like a question and are none; a heading is no sentence. */
export function likeQuestions(sentences: readonly string[]): readonly string[] {
  return sentences.filter((one) => /^(Who|Whoever|Whom|Whose|What|Whatever)\b/.test(one) && /[.:;]["”]?$/.test(one));
}

/** "where" for a condition. Of all that "where" can follow, these are conditions. */
export function wheresThatAreIfs(sentences: readonly string[]): readonly string[] {
  const before =
    /\b(absent|also|down|else|empty|error|fails|none|nobody|nothing|only|refused|rejects|resolves|undefined`|null`|[A-Z_]{6,}`),? where\b/i;
  return sentences.filter(
    (one) => before.test(one) || /^(Also |Only |Else )?Where(ver)? [^,:;]*, (?!(?:and|as|for|if|or|where)\b)/.test(one),
  );
}

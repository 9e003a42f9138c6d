const MOST_ANSWERS = 1_000;

/**
 * Remembers up to 1000 answers to questions that always have the same answer, then forgets them all and begins again.
 * What one sign-in asks several times is worked out once. Questions may hold numbers in clear: they stay in this process.
 */
export class Memo<Answer> {
  readonly #answers = new Map<string, Answer>();

  /** @param workOut gives the same for the same question, at any time */
  of(question: string, workOut: () => Answer): Answer {
    const known = this.#answers.get(question);
    if (known !== undefined) return known;
    const answer = workOut();
    if (this.#answers.size >= MOST_ANSWERS) this.#answers.clear();
    this.#answers.set(question, answer);
    return answer;
  }
}

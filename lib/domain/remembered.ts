const MOST = 1_000;

/** The latest answers to questions that always have the same answer: what one sign-in asks several times is worked out once. */
export class Remembered<Answer> {
  readonly #answers = new Map<string, Answer>();

  /** @param workOut gives the same for the same question, at any time */
  of(question: string, workOut: () => Answer): Answer {
    const known = this.#answers.get(question);
    if (known !== undefined) return known;
    const answer = workOut();
    if (this.#answers.size >= MOST) this.#answers.clear();
    this.#answers.set(question, answer);
    return answer;
  }
}

const MOST_ANSWERS = 1_000;

/**
 * Answers to questions that always have the same answer: what one sign-in asks several times is worked out once. What is
 * full begins anew. They stay in memory, with numbers in clear, as long as the process lives.
 */
export class Remembered<Answer> {
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

/** Answers of one connection, some of which wait for the answers to later messages. */
export class AnswerOrder {
  #waiting: { submitsLeft: number; readonly answer: () => void }[] = [];

  /** Answers now, or after so many that come later. */
  enqueue(answer: () => void, afterSubmits: number): void {
    if (afterSubmits > 0) {
      this.#waiting.push({ submitsLeft: afterSubmits, answer });
      return;
    }
    answer();
    for (const waiting of this.#waiting) waiting.submitsLeft -= 1;
    const due = this.#waiting.filter(({ submitsLeft }) => submitsLeft === 0);
    this.#waiting = this.#waiting.filter(({ submitsLeft }) => submitsLeft > 0);
    for (const { answer: late } of due) late();
  }
}

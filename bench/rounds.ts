/** Figures of one round, by name. */
export type Figures = Readonly<Record<string, number>>;

/** One of several things that are compared. */
export interface Arm {
  readonly name: string;
  round(): Promise<Figures>;
}

/** Of the millions: `BENCH_SHORT=1` is for work on the bench itself, its figures are worth little. */
export const SHARE = process.env.BENCH_SHORT === '1' ? 0.05 : 1;
const { BENCH_ROUNDS } = process.env;
const ROUNDS = Number(BENCH_ROUNDS ?? (SHARE === 1 ? 5 : 2));
/** If each round takes a new process, or two versions are compared: they differ by less than two kinds of client do. */
export const MANY_ROUNDS = Number(BENCH_ROUNDS ?? (SHARE === 1 ? 9 : 2));

/** The figures of several arms that took turns, so that whatever else the machine does falls on all of them alike. */
export class Rounds {
  readonly #figures: ReadonlyMap<string, readonly Figures[]>;

  private constructor(figures: ReadonlyMap<string, readonly Figures[]>) {
    this.#figures = figures;
  }

  /** One round more than is kept: in the first, code is compiled and caches are filled. */
  static async of(arms: readonly Arm[], rounds = ROUNDS): Promise<Rounds> {
    const figures = new Map<string, Figures[]>(arms.map(({ name }) => [name, []]));
    for (let round = 0; round <= rounds; round += 1) {
      for (const arm of arms) {
        const found = await arm.round();
        if (round > 0) figures.get(arm.name)?.push(found);
      }
    }
    return new Rounds(figures);
  }

  median(arm: string, figure: string): number {
    return median(this.#all(arm, figure));
  }

  /** The median of what each round's ratio was. */
  ratio(arm: string, baseline: string, figure: string): number {
    const below = this.#all(baseline, figure);
    return median(this.#all(arm, figure).map((value, round) => value / (below[round] ?? Number.NaN)));
  }

  #all(arm: string, figure: string): readonly number[] {
    return (this.#figures.get(arm) ?? []).map((figures) => figures[figure] ?? Number.NaN);
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const [below = Number.NaN, above = Number.NaN] = [
    sorted[sorted.length % 2 === 0 ? middle - 1 : middle],
    sorted[middle],
  ];
  return (below + above) / 2;
}

/** The value that this share of all is not above. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

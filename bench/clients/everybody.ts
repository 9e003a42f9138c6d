/** Does a job for each of so many, so many at once; the first failure ends it. */
export async function everybody(count: number, atOnce: number, job: (place: number) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) await job(next++);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, work));
}

/**
 * The answer, where it comes in time. A late one is let go, however it ends, and no timer outlives the call; until then
 * the timer keeps the process alive.
 *
 * @throws what `late` makes, where the answer does not come within so many milliseconds
 */
export async function within<Answer>(
  answer: Promise<Answer>,
  milliseconds: number,
  late: () => Error,
): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), milliseconds);
  });
  try {
    return await Promise.race([answer, end]);
  } finally {
    clearTimeout(timer);
  }
}

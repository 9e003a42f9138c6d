/** Everything that a test starts and must end. */
interface Closable {
  close(): unknown;
}

/** Gives a function that keeps what a test starts, and closes all of it after that test, the last first. */
export function useClosing(): <Part extends Closable>(part: Part) => Part {
  const parts: Closable[] = [];
  afterEach(async () => {
    for (const part of parts.splice(0).reverse()) await part.close();
  });
  return (part) => {
    parts.push(part);
    return part;
  };
}

/** How often a second something is done. */
export async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  for (let done = 0; done < count; done++) {
    await work();
  }
  return (count * 1000) / (performance.now() - start);
}

/** How many seconds something takes. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** The middle one of some figures. */
export function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? NaN;
}

/** Prints the medians of two series of figures, and what the first is of the second. */
export function printRatio(what: string, peer: string, ours: readonly number[], theirs: readonly number[]): void {
  const [own, other] = [median(ours), median(theirs)];
  console.log(`${what}: ${rounded(own)} · ${peer}: ${rounded(other)} · ratio ${rounded(own / other)}`);
}

function rounded(figure: number): string {
  return figure >= 100 ? Math.round(figure).toLocaleString("en") : figure.toFixed(2);
}

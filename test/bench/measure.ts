import { loadavg } from "node:os";
import { cpuSeconds } from "./cpu-time";

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
  return (await cost(work)).wall;
}

/** What something costs, in seconds. */
export interface Cost {
  readonly wall: number;
  /** CPU time of this process and of all that it has started; undefined where the machine does not count it. */
  readonly cpu: number | undefined;
}

/** Returns what something costs. */
export async function cost(work: () => Promise<unknown>): Promise<Cost> {
  const [start, before] = [performance.now(), cpuSeconds()];
  await work();
  const [wall, after] = [(performance.now() - start) / 1000, cpuSeconds()];
  return { wall, cpu: before === undefined || after === undefined ? undefined : after - before };
}

/** The middle one of some figures. */
export function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? NaN;
}

/** Prints the medians of two series of figures, and what the first is of the second. */
export function printRatio(what: string, peer: string, ours: readonly number[], theirs: readonly number[]): void {
  console.log(`${what}: ${ratioOf(peer, ours, theirs)}`);
}

/** Prints the medians of two series of costs, and what the first is of the second: of the time, and of the CPU time. */
export function printCosts(what: string, peer: string, ours: readonly Cost[], theirs: readonly Cost[]): void {
  const [wall, cpu] = (["wall", "cpu"] as const).map((kind) =>
    [ours, theirs].map((costs) => costs.flatMap((one) => one[kind] ?? [])),
  );
  const ofCpu = cpu?.every((figures) => figures.length > 0) === true ? ` · CPU ${ratioOf(peer, ...both(cpu))}` : "";
  console.log(`${what}, seconds: ${ratioOf(peer, ...both(wall))}${ofCpu}`);
}

/** Prints how busy the machine is: more than its cores make times long, but not CPU times. */
export function printLoad(): void {
  console.log(`load of the machine: ${loadavg().map(rounded).join(" ")}`);
}

function both([ours = [], theirs = []]: readonly (readonly number[])[] = []): [readonly number[], readonly number[]] {
  return [ours, theirs];
}

function ratioOf(peer: string, ours: readonly number[], theirs: readonly number[]): string {
  const [own, other] = [median(ours), median(theirs)];
  return `${rounded(own)} · ${peer}: ${rounded(other)} · ratio ${rounded(own / other)}`;
}

function rounded(figure: number): string {
  return figure >= 100 ? Math.round(figure).toLocaleString("en") : figure.toFixed(2);
}

import { cpus } from "node:os";

/** CPU time of a machine since it started, in milliseconds of all cores. */
interface CpuTime {
  readonly total: number;
  readonly idle: number;
}

function cpuTime(): CpuTime {
  const times = cpus().map((core) => core.times);
  return {
    total: times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0),
    idle: times.reduce((sum, { idle }) => sum + idle, 0),
  };
}

/** Begins to measure. @returns a function that describes how busy the cores of this machine have been since */
export function measureLoad(): () => string {
  const before = cpuTime();
  return () => {
    const { total, idle } = cpuTime();
    const [passed, waited] = [total - before.total, idle - before.idle];
    const percent = passed === 0 ? 100 : Math.round((1 - waited / passed) * 100);
    return `${percent} % of ${cpus().length} cores`;
  };
}

import { diagnose, type Diagnostic } from "../../diagnostics/diagnostic";
import { parseSize, INVALID_SIZE, type Size } from "../form/quantities";
import { anyValue } from "../form/shape";
import { term, Terms } from "../form/terms";
import type { ServerStorage } from "./server-storage";

/** Limits of the container of a server. */
export interface ContainerLimits {
  readonly memoryLimit?: Size;
  readonly pidsLimit?: number;
}

/** Limits of a container, with defaults applied. */
export interface EffectiveLimits {
  /** Memory in bytes, a whole number of MiB; undefined without a limit. */
  readonly memory?: number;
  /** Memory in bytes above which Go frees memory more often (`GOMEMLIMIT`); undefined without a limit. */
  readonly goMemory?: number;
  /** Number of processes and threads. */
  readonly pids: number;
}

const MIB = 2 ** 20;

/** Memory of a server with the 65,536 connections that nats-server accepts by default, without messages in memory streams. */
const BASE_MEMORY = 4 * 2 ** 30;

/** Memory below which nats-server does not run well, and one pid for each thread that it starts with on a large machine. */
const LEAST_MEMORY = 64 * MIB;
const LEAST_PIDS = 64;
/** The largest number of pids that Linux supports. */
const LARGEST_PIDS = 2 ** 22;

/** A server without streams has about as many threads as the machine has processors. */
const PIDS = 1_024;
/** nats-server starts up to 4,096 file operations at a time, each of which can occupy a thread. It ends if it gets no thread. */
const PIDS_WITH_STREAMS = 8_192;

/** Memory for each byte of a memory stream: nats-server itself gives streams three quarters of its memory at most. */
const MEMORY_PER_STORED = 4 / 3;

const TERMS = new Terms<ContainerLimits>({
  memoryLimit: term(anyValue, memoryDiagnostics),
  pidsLimit: term(anyValue, pidsDiagnostics),
});

function memoryDiagnostics(value: Size): Diagnostic[] {
  const bytes = parseSize(value);
  if (bytes === undefined) {
    const remedy = 'Use a size such as "4GiB", or remove the property.';
    return diagnose({ code: "NA1005", value, problem: INVALID_SIZE, remedy });
  }
  const problem = bytes < LEAST_MEMORY ? "is too little memory for nats-server; it must be at least 64MiB" : undefined;
  return diagnose({ code: "NA4081", value, problem, remedy: "Use a larger limit, or remove the property." });
}

function pidsDiagnostics(value: number): Diagnostic[] {
  const isValid = Number.isInteger(value) && value >= LEAST_PIDS && value <= LARGEST_PIDS;
  const problem = isValid ? undefined : `must be a whole number from ${LEAST_PIDS} to ${LARGEST_PIDS}`;
  const remedy = `Use a limit such as ${PIDS}, or remove the property.`;
  return diagnose({ code: "NA4081", value, problem, remedy });
}

/** Finds problems of limits, also with the storage of the server. */
export function containerLimitsDiagnostics(limits: ContainerLimits, storage: ServerStorage | undefined): Diagnostic[] {
  const own = TERMS.diagnostics(limits);
  return own.length > 0 ? own : storedDiagnostics(limits, storage);
}

function storedDiagnostics({ memoryLimit }: ContainerLimits, storage: ServerStorage | undefined): Diagnostic[] {
  const limit = memoryLimit === undefined ? undefined : parseSize(memoryLimit);
  return streamMemoryDiagnostics("memoryLimit", memoryLimit, limit, storage);
}

/**
 * Finds a limit of memory that is too low for the memory of streams.
 *
 * @param value the limit as the program has it
 * @param limit in bytes; undefined without one
 */
export function streamMemoryDiagnostics(
  path: string,
  value: Size | undefined,
  limit: number | undefined,
  storage: ServerStorage | undefined,
): Diagnostic[] {
  const needed = memoryFor(storedInMemory(storage) ?? 0);
  const problem =
    limit === undefined || limit >= needed
      ? undefined
      : `is too little for the memory of streams (\`jetstream.memoryStorage\`), which needs ${needed / MIB}MiB`;
  return diagnose({ code: "NA4082", path, value, problem, remedy: "Use a larger limit, or less `memoryStorage`." });
}

/**
 * Returns the limits of a container.
 *
 * @param storage the server's storage for streams; undefined without JetStream
 */
export function effectiveLimits(limits: ContainerLimits, storage: ServerStorage | undefined): EffectiveLimits {
  const pids = limits.pidsLimit ?? (storage === undefined ? PIDS : PIDS_WITH_STREAMS);
  const given = limits.memoryLimit === undefined ? undefined : parseSize(limits.memoryLimit);
  const memory = given ?? defaultMemory(storage);
  if (memory === undefined) {
    return { pids };
  }
  const rounded = wholeMebibytes(memory);
  // A tenth remains for what Go does not count, such as the stacks of threads, and for the moments in which it lags behind.
  return { memory: rounded, goMemory: Math.floor(rounded / 10) * 9, pids };
}

/** Returns undefined where the server derives the memory for streams from that of the machine: a limit would reduce it. */
function defaultMemory(storage: ServerStorage | undefined): number | undefined {
  const stored = storage === undefined ? 0 : storedInMemory(storage);
  return stored === undefined ? undefined : BASE_MEMORY + memoryFor(stored);
}

function storedInMemory(storage: ServerStorage | undefined): number | undefined {
  return storage?.memoryStorage === undefined ? undefined : parseSize(storage.memoryStorage);
}

/** Returns the memory that a server needs for memory streams of some size. */
function memoryFor(stored: number): number {
  return wholeMebibytes(stored * MEMORY_PER_STORED);
}

function wholeMebibytes(bytes: number): number {
  return Math.ceil(bytes / MIB) * MIB;
}

import { display } from "../../diagnostics/diagnostic";
import { ANY_REST, ANY_TOKEN } from "./subjects";

/** A number in the arguments of a function: a wildcard, or an amount. */
const NUMBER = /^[1-9]\d{0,8}$/;

/** The arguments of a mapping function. */
interface Arguments {
  readonly areValid: (args: readonly string[]) => boolean;
  /** Returns the arguments that are numbers of wildcards. */
  readonly wildcards: (args: readonly string[]) => readonly string[];
  /** True when the function supports sources without wildcards. */
  readonly onLiterals: boolean;
}

const numbers = (args: readonly string[]) => args.every((arg) => NUMBER.test(arg));
const first = (args: readonly string[]) => args.slice(0, 1);

const INDEX_AND_NUMBER: Arguments = {
  areValid: (args) => args.length === 2 && numbers(args),
  wildcards: first,
  onLiterals: false,
};

/** The mapping functions of nats-server (`subject_transform.go`). Their capitals can also be written in lower case. */
const FUNCTIONS: Readonly<Record<string, Arguments>> = {
  Wildcard: { areValid: (args) => args.length === 1 && numbers(args), wildcards: first, onLiterals: false },
  Partition: { areValid: (args) => numbers(args), wildcards: (args) => args.slice(1), onLiterals: true },
  Random: { areValid: (args) => args.length === 1 && numbers(args), wildcards: () => [], onLiterals: true },
  SplitFromLeft: INDEX_AND_NUMBER,
  SplitFromRight: INDEX_AND_NUMBER,
  SliceFromLeft: INDEX_AND_NUMBER,
  SliceFromRight: INDEX_AND_NUMBER,
  Left: INDEX_AND_NUMBER,
  Right: INDEX_AND_NUMBER,
  Split: {
    areValid: ([index = "", delimiter = "", ...rest]) => NUMBER.test(index) && delimiter !== "" && rest.length === 0,
    wildcards: first,
    onLiterals: false,
  },
};

const FUNCTION = /^\{\{([A-Za-z]+)\((.*)\)\}\}$/;
/** Matches what a server parses as the number of a wildcard, including odd ones such as `$+1`. */
const REFERENCE = /^\$[+-]?\d+$/;

/**
 * Returns the problem of a mapping source with a reserved token (NA1102), or undefined when it is valid. Messages that are
 * not mapped go to the source itself, in which no token may look like a reference or a function.
 */
export function sourceProblem(source: string): string | undefined {
  const reserved = source.split(".").find((token) => REFERENCE.test(token) || token.includes("{{"));
  return reserved === undefined ? undefined : `contains the token ${display(reserved)}, which is reserved in mappings`;
}

/**
 * Returns the problem of a mapping destination (NA1106), or undefined when it is valid. It refers to wildcards of the source
 * by number (`$1`, `{{wildcard(1)}}`) or through a function, or omits them; `>` remains `>`.
 *
 * @param source a valid source subject
 * @param destination a valid subject
 */
export function destinationProblem(source: string, destination: string): string | undefined {
  const [from, to] = [source.split("."), destination.split(".")];
  if (to.includes(ANY_TOKEN)) {
    return 'must not contain "*"; refer to wildcards of the source by number, such as "$1"';
  }
  if ((from.at(-1) === ANY_REST) !== (to.at(-1) === ANY_REST)) {
    return `must end in ">" if and only if the source (${display(source)}) does`;
  }
  const wildcards = from.filter((token) => token === ANY_TOKEN).length;
  const isLiteral = wildcards === 0 && from.at(-1) !== ANY_REST;
  return to.map((token) => tokenProblem(token, wildcards, isLiteral)).find((found) => found !== undefined);
}

function tokenProblem(token: string, wildcards: number, isLiteral: boolean): string | undefined {
  if (REFERENCE.test(token)) {
    return referenceProblem(token.slice(1), wildcards);
  }
  if (!token.includes("{{")) {
    return undefined;
  }
  const [, name = "", list = ""] = FUNCTION.exec(token) ?? [];
  const definition = Object.entries(FUNCTIONS).find(([spelling]) => isSpelled(name, spelling))?.[1];
  const args = list.split(",");
  if (definition?.areValid(args) !== true) {
    return `contains ${display(token)}, which is not a mapping function of nats-server with valid arguments`;
  }
  if (isLiteral && !definition.onLiterals) {
    return `contains ${display(token)}, but the source has no wildcards`;
  }
  const indexes = isLiteral ? [] : definition.wildcards(args);
  return indexes.map((index) => referenceProblem(index, wildcards)).find((found) => found !== undefined);
}

function isSpelled(name: string, spelling: string): boolean {
  const fits = (letter: string, index: number) => {
    const own = name[index];
    return own === letter || (letter !== letter.toLowerCase() && own === letter.toLowerCase());
  };
  return name.length === spelling.length && Array.from(spelling).every(fits);
}

function referenceProblem(index: string, wildcards: number): string | undefined {
  return NUMBER.test(index) && Number(index) <= wildcards
    ? undefined
    : `refers to wildcard ${index}, but the source has ${wildcards}`;
}

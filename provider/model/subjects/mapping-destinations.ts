import { shown } from "../form/diagnostics";
import { ANY_REST, ANY_TOKEN, subjectProblem } from "./subjects";

/** A whole number as an argument of a function: which wildcard, or how many of something. */
const NUMBER = /^[1-9]\d{0,8}$/;

/** What the arguments of a function must be: wildcards of the source by number, or something else. */
interface Arguments {
  readonly fit: (args: readonly string[]) => boolean;
  /** The arguments that are wildcards. */
  readonly wildcards: (args: readonly string[]) => readonly string[];
  /** Whether it works on subjects without wildcards. */
  readonly onLiterals: boolean;
}

const numbers = (args: readonly string[]) => args.every((arg) => NUMBER.test(arg));
const first = (args: readonly string[]) => args.slice(0, 1);

const INDEX_AND_NUMBER: Arguments = {
  fit: (args) => args.length === 2 && numbers(args),
  wildcards: first,
  onLiterals: false,
};

/** The functions that nats-server has (`subject_transform.go`). Their capitals may be small letters, too. */
const FUNCTIONS: Readonly<Record<string, Arguments>> = {
  Wildcard: { fit: (args) => args.length === 1 && numbers(args), wildcards: first, onLiterals: false },
  Partition: { fit: (args) => numbers(args), wildcards: (args) => args.slice(1), onLiterals: true },
  Random: { fit: (args) => args.length === 1 && numbers(args), wildcards: () => [], onLiterals: true },
  SplitFromLeft: INDEX_AND_NUMBER,
  SplitFromRight: INDEX_AND_NUMBER,
  SliceFromLeft: INDEX_AND_NUMBER,
  SliceFromRight: INDEX_AND_NUMBER,
  Left: INDEX_AND_NUMBER,
  Right: INDEX_AND_NUMBER,
  Split: {
    fit: ([index = "", delimiter = "", ...rest]) => NUMBER.test(index) && delimiter !== "" && rest.length === 0,
    wildcards: first,
    onLiterals: false,
  },
};

const FUNCTION = /^\{\{([A-Za-z]+)\((.*)\)\}\}$/;
/** What a server would take for a wildcard's number, odd ones such as `$+1` too. */
const REFERENCE = /^\$[+-]?\d+$/;

/**
 * Says why a subject cannot be the source of a mapping, or undefined when it can: messages that go on as they were are
 * mapped to the source itself, in which nothing may look like a reference or function.
 */
export function sourceProblem(source: string): string | undefined {
  const odd = source.split(".").find((token) => REFERENCE.test(token) || token.includes("{{"));
  return odd === undefined ? undefined : `has the token ${shown(odd)}, which has a meaning of its own in mappings`;
}

/**
 * Says why a subject cannot be mapped to another one, or undefined when it can. Wildcards of the source come back by number
 * (`$1`, `{{wildcard(1)}}`) or through a function, or not at all; `>` comes back as itself.
 *
 * @param source the subject that is mapped, which is valid
 */
export function destinationProblem(source: string, destination: string): string | undefined {
  const problem = subjectProblem(destination);
  if (problem !== undefined) {
    return problem;
  }
  const [from, to] = [source.split("."), destination.split(".")];
  if (to.includes(ANY_TOKEN)) {
    return 'has a "*"; a wildcard of the source comes back by its number, as "$1"';
  }
  if ((from.at(-1) === ANY_REST) !== (to.at(-1) === ANY_REST)) {
    return `must end in ">" exactly when the source (${shown(source)}) does`;
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
  const known = Object.entries(FUNCTIONS).find(([spelling]) => isSpelled(name, spelling))?.[1];
  const args = list.split(",");
  if (known?.fit(args) !== true) {
    return `has ${shown(token)}, which is no function of nats-server with the arguments that it takes`;
  }
  if (isLiteral && !known.onLiterals) {
    return `has ${shown(token)}, and the source has no wildcards`;
  }
  return isLiteral
    ? undefined
    : known
        .wildcards(args)
        .map((index) => referenceProblem(index, wildcards))
        .find((found) => found !== undefined);
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
    : `names the wildcard ${index}, and the source has ${wildcards}`;
}

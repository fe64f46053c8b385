import { ANY_REST, ANY_TOKEN } from "./subjects";

interface Node<T> {
  readonly children: Map<string, Node<T>>;
  /** What is kept under the subject that ends here. */
  readonly values: T[];
}

/** Whose wildcards stand for other tokens: those of the subjects kept, those of the subject asked about, or both. */
interface Wild {
  readonly kept: boolean;
  readonly asked: boolean;
}

function node<T>(): Node<T> {
  return { children: new Map(), values: [] };
}

/**
 * Things by their subjects, among which those that meet a subject are found without a look at each: an account may have
 * thousands of exports and imports. By the tokens of the subjects it goes as `covers`, `takesIn` and `collide` do.
 */
export class SubjectIndex<T> {
  readonly #root = node<T>();

  /** Keeps something under a subject. */
  add(subject: string, value: T): void {
    let at = this.#root;
    for (const token of subject.split(".")) {
      const next = at.children.get(token) ?? node<T>();
      at.children.set(token, next);
      at = next;
    }
    at.values.push(value);
  }

  /** What is kept under this very subject. */
  under(subject: string): readonly T[] {
    return this.#meeting(subject, { kept: false, asked: false });
  }

  /** What is kept under subjects that cover the subject, in no order. */
  covering(subject: string): readonly T[] {
    return this.#meeting(subject, { kept: true, asked: false });
  }

  /** What is kept under subjects that the JWT library takes to contain the subject, in no order. */
  takingIn(subject: string): readonly T[] {
    return this.covering(withClosedEnd(subject));
  }

  /** What is kept under subjects that the JWT library takes to be contained in the subject, in no order. */
  takenIn(subject: string): readonly T[] {
    return this.#meeting(subject, { kept: false, asked: true });
  }

  /** What is kept under subjects that have some subject in common with this one, in no order. */
  colliding(subject: string): readonly T[] {
    return this.#meeting(subject, { kept: true, asked: true });
  }

  /** Goes by a list of what is to be seen, and calls nothing within itself: subjects can be of any length. */
  #meeting(subject: string, wild: Wild): T[] {
    const tokens = subject.split(".");
    const found: T[] = [];
    const ahead: [at: Node<T>, depth: number][] = [[this.#root, 0]];
    for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
      const [at, depth] = next;
      const token = tokens[depth];
      if (token === undefined) {
        found.push(...at.values);
      } else if (token === ANY_REST && wild.asked) {
        found.push(...everythingUnder(at));
      } else {
        const last = depth === tokens.length - 1;
        if (wild.kept || (last && (token === ANY_REST || (token === ANY_TOKEN && wild.asked)))) {
          found.push(...(at.children.get(ANY_REST)?.values ?? []));
        }
        followed(at, token, wild).forEach((child) => {
          ahead.push([child, depth + 1]);
        });
      }
    }
    return found;
  }
}

/** The children that a token leads to, a final `>` aside. */
function followed<T>({ children }: Node<T>, token: string, wild: Wild): Node<T>[] {
  if (token === ANY_TOKEN && wild.asked) {
    return [...children].flatMap(([name, child]) => (name === ANY_REST ? [] : [child]));
  }
  const names = wild.kept && token !== ANY_TOKEN ? [token, ANY_TOKEN] : [token];
  return token === ANY_REST ? [] : names.flatMap((name) => children.get(name) ?? []);
}

function everythingUnder<T>(at: Node<T>): T[] {
  const ahead = [...at.children.values()];
  const found: T[] = [];
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    found.push(...next.values);
    ahead.push(...next.children.values());
  }
  return found;
}

/** The subject as the JWT library looks at one that may be contained in another. */
function withClosedEnd(subject: string): string {
  return subject === ANY_REST ? ANY_TOKEN : subject.replace(/\.>$/, `.${ANY_TOKEN}`);
}

import { ANY_REST, ANY_TOKEN } from "./subjects";

interface Node<T> {
  readonly children: Map<string, Node<T>>;
  /** The values of the subject that ends here. */
  readonly values: T[];
}

/** Which wildcards match other tokens: those of the stored subjects, those of the requested subject, or both. */
interface Wildcards {
  readonly stored: boolean;
  readonly requested: boolean;
}

function node<T>(): Node<T> {
  return { children: new Map(), values: [] };
}

/**
 * Values by subject. Finds the values of matching subjects without comparing each one, since an account can have thousands
 * of exports and imports. Matches tokens as `covers`, `coversSubject` and `collide` do; returns values in no order.
 */
export class SubjectIndex<T> {
  readonly #root = node<T>();

  /** Stores a value under a subject. */
  add(subject: string, value: T): void {
    let at = this.#root;
    for (const token of subject.split(".")) {
      const next = at.children.get(token) ?? node<T>();
      at.children.set(token, next);
      at = next;
    }
    at.values.push(value);
  }

  /** Returns the values of exactly this subject. */
  findEqual(subject: string): readonly T[] {
    return this.#find(subject, { stored: false, requested: false });
  }

  /** Returns the values of subjects that cover the subject (`covers`). */
  findCovering(subject: string): readonly T[] {
    return this.#find(subject, { stored: true, requested: false });
  }

  /** Returns the values of subjects that contain the subject by the rules of the JWT library (`coversSubject`). */
  findContaining(subject: string): readonly T[] {
    return this.findCovering(closeEnd(subject));
  }

  /** Returns the values of subjects that the subject contains by the rules of the JWT library (`coversSubject`). */
  findContained(subject: string): readonly T[] {
    return this.#find(subject, { stored: false, requested: true });
  }

  /** Returns the values of subjects that match a common subject (`collide`). */
  findColliding(subject: string): readonly T[] {
    return this.#find(subject, { stored: true, requested: true });
  }

  /** Walks the tree with a list instead of recursion, because subjects can have any number of tokens. */
  #find(subject: string, wildcards: Wildcards): T[] {
    const tokens = subject.split(".");
    const found: T[] = [];
    const pending: [at: Node<T>, depth: number][] = [[this.#root, 0]];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [at, depth] = next;
      const token = tokens[depth];
      if (token === undefined) {
        found.push(...at.values);
      } else if (token === ANY_REST && wildcards.requested) {
        found.push(...valuesBelow(at));
      } else {
        const last = depth === tokens.length - 1;
        if (wildcards.stored || (last && (token === ANY_REST || (token === ANY_TOKEN && wildcards.requested)))) {
          found.push(...(at.children.get(ANY_REST)?.values ?? []));
        }
        matchingChildren(at, token, wildcards).forEach((child) => {
          pending.push([child, depth + 1]);
        });
      }
    }
    return found;
  }
}

/** Returns the children that match a token, without a final `>`. */
function matchingChildren<T>({ children }: Node<T>, token: string, wildcards: Wildcards): Node<T>[] {
  if (token === ANY_TOKEN && wildcards.requested) {
    return [...children].flatMap(([name, child]) => (name === ANY_REST ? [] : [child]));
  }
  const names = wildcards.stored && token !== ANY_TOKEN ? [token, ANY_TOKEN] : [token];
  return token === ANY_REST ? [] : names.flatMap((name) => children.get(name) ?? []);
}

function valuesBelow<T>(at: Node<T>): T[] {
  const pending = [...at.children.values()];
  const found: T[] = [];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    found.push(...next.values);
    pending.push(...next.children.values());
  }
  return found;
}

/** Returns the subject as the JWT library compares a contained one: a final `>` as `*`. */
function closeEnd(subject: string): string {
  return subject === ANY_REST ? ANY_TOKEN : subject.replace(/\.>$/, `.${ANY_TOKEN}`);
}

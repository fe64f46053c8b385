import * as pulumi from "@pulumi/pulumi";
import type { DeclaredSet } from "../../model/account/account";
import type { SuppliedKey } from "../../model/cluster/cluster";
import type { UnknownSets } from "../../dynamic/checks/set-changes";
import { parseKey, type SetKeys } from "../../model/users/set-keys";
import { parseLines } from "../../model/users/set-text";
import { keyPath } from "../../diagnostics/diagnostic";
import { partsOf } from "../../resources/later-parts";
import { valueIfKnown } from "../validation";

/** A set of users of an account. */
export interface AttachedSet {
  /** Name of the set. */
  readonly name: string;
  /** Names of its users. */
  readonly names: pulumi.Output<readonly string[]>;
  readonly declaration: pulumi.Output<DeclaredSet>;
  /** Its keys, each part on its own, so that a preview knows as much as possible. */
  readonly keys: { readonly [K in keyof Omit<SetKeys, "issued">]-?: pulumi.Input<SetKeys[K]> };
  /** Number of the last update that generates keys. */
  readonly update: pulumi.Output<number>;
  /** When the JWTs of its users were issued; a preview does not know that if one of them is new. */
  readonly issued: pulumi.Output<string>;
  /** Whether keys of its users are rotated, so that replaced ones may be valid. */
  readonly isRotated: pulumi.Output<boolean>;
  /** Returns the keys that the program supplies, as far as they are known. */
  readonly givenKeys: () => Promise<SuppliedKey[]>;
  /** Returns the seeds of some users by public key, without those that are not managed here. */
  readonly seedsOf: (names: readonly string[]) => pulumi.Output<Readonly<Record<string, string>>>;
}

/**
 * The sets of users of an account. They are created after the account, whose claims need all of them: the list is complete as
 * soon as the program waits for the first time.
 */
export class AccountSets {
  readonly #sets: AttachedSet[] = [];
  readonly #all: Promise<readonly AttachedSet[]>;
  #areComplete = false;

  constructor() {
    this.#all = new Promise((resolve) => {
      setImmediate(() => {
        this.#areComplete = true;
        resolve(this.#sets);
      });
    });
  }

  /** The sets so far. */
  get present(): readonly AttachedSet[] {
    return this.#sets;
  }

  /** Whether the list is complete: the account accepts no other set. */
  get areComplete(): boolean {
    return this.#areComplete;
  }

  /** Adds a set. The list must not be complete. */
  add(set: AttachedSet): void {
    this.#sets.push(set);
  }

  /** The complete list. */
  all(): Promise<readonly AttachedSet[]> {
    return this.#all;
  }

  /** Returns a part of each set by name; undefined if there are no sets. */
  byName<T>(
    part: (set: AttachedSet) => { readonly [K in keyof T]: pulumi.Input<T[K]> } | pulumi.Output<T>,
  ): pulumi.Output<Readonly<Record<string, T>> | undefined> {
    const named = this.#all.then((sets) =>
      sets.length === 0 ? undefined : Object.fromEntries(sets.map((set) => [set.name, part(set)])),
    );
    return pulumi.output(named) as pulumi.Output<unknown> as pulumi.Output<Readonly<Record<string, T>> | undefined>;
  }

  /** Returns the keys of the users, as far as they are known. */
  async findKeys(): Promise<SuppliedKey[]> {
    const sets = await this.#all;
    // The keys of a set with problems are not created.
    const found = await Promise.allSettled(sets.map(({ keys }) => valueIfKnown(pulumi.output(keys.keys))));
    return sets.flatMap(({ name }, index) => {
      const result = found[index];
      const lines = result?.status === "fulfilled" ? parseLines(result.value ?? "") : [];
      const path = `${keyPath("sets", name)}.users`;
      return Array.from(lines, ([user, line]) => ({ path: keyPath(path, user), key: parseKey(line).publicKey }));
    });
  }

  /** Returns the sets by name, as far as a preview knows them; undefined if it knows all keys. */
  unknown(): pulumi.Output<UnknownSets | undefined> {
    const found = this.#all.then(async (sets) => {
      const known = await Promise.all(sets.map(({ keys }) => isKnown(keys.keys)));
      const entries = sets.map(({ name, keys: { users, shared, keys }, update }, index) => {
        const { keys: present } = known[index] === true ? { keys } : {};
        return [name, { users, shared, update, keys: present }] as const;
      });
      return known.includes(false) ? Object.fromEntries(entries) : undefined;
    });
    return pulumi.output(found) as pulumi.Output<unknown> as pulumi.Output<UnknownSets | undefined>;
  }
}

/** Returns whether a preview knows a value. The keys of a set with problems, which is not created, count as known. */
async function isKnown(value: pulumi.Input<string>): Promise<boolean> {
  return !pulumi.runtime.isDryRun() || partsOf(pulumi.output(value)).isKnown.catch(() => true);
}

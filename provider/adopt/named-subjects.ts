import type * as pulumi from "@pulumi/pulumi";
import type { AccountSettings, ImportArgs } from "../components/account/account-args";
import type { Export } from "../model/shares/exports";
import { findWhole, type NameFinder } from "../read/static/account-names";
import { mapMappings, mapPermissions, mapTrace, type Change } from "../read/static/account-subjects";
import type { StaticAccount } from "../read/static/account";
import { withKeys } from "./named-outputs";

/** Replaces the names of accounts in subjects by public keys, which a preview may not know. */
export class NamedSubjects {
  /**
   * @param find finds the name of an account in a subject
   * @param keyOf returns the public key of an account
   */
  constructor(
    readonly find: NameFinder,
    readonly keyOf: (name: string) => pulumi.Input<string>,
  ) {}

  /** Returns the terms of an account with public keys in place of names. Terms without names stay plain. */
  terms({ exports, mappings, trace, defaultPermissions }: Omit<StaticAccount, "users">): Partial<AccountSettings> {
    return {
      ...(exports && { exports: exports.map((entry) => this.#export(entry)) }),
      ...(mappings && { mappings: this.#replace(mappings, mapMappings) }),
      ...(trace && { trace: this.#replace(trace, mapTrace) }),
      ...(defaultPermissions && { defaultPermissions: this.#replace(defaultPermissions, mapPermissions) }),
    };
  }

  /** Returns the users of an account with public keys in place of names. */
  user<User extends StaticAccount["users"][number]>({ permissions, ...user }: User) {
    return { ...user, ...(permissions && { permissions: this.#replace(permissions, mapPermissions) }) };
  }

  /**
   * Returns the subject of an import from the account, with public keys in place of names, and the local subject, which stays
   * the same for the clients of the importing account unless they use names there as well.
   *
   * @param own the subjects of the importing account
   */
  importSubjects(
    { subject, localSubject }: NonNullable<StaticAccount["imports"]>[number],
    own: NamedSubjects,
  ): Pick<ImportArgs, "subject" | "localSubject"> {
    const isNamed = findWhole(this.find, subject) !== undefined;
    const known = localSubject ?? subject;
    const isNamedHere = findWhole(own.find, known) !== undefined;
    const local = localSubject === undefined && !isNamed && !isNamedHere ? undefined : known;
    return {
      subject: isNamed ? this.#replace(subject, changeOne) : subject,
      ...(local !== undefined && { localSubject: isNamedHere ? own.#replace(local, changeOne) : local }),
    };
  }

  /** Returns an export as a record whose subjects alone can be outputs. */
  #export({ subject, latency, ...entry }: Export) {
    return {
      ...entry,
      subject: this.#replace(subject, changeOne),
      ...(latency && { latency: { ...latency, results: this.#replace(latency.results, changeOne) } }),
    };
  }

  #replace<T>(value: T, map: (value: T, change: Change) => T): pulumi.Input<T> {
    const names = new Set<string>();
    map(value, (subject) => {
      this.find(subject).forEach(({ name }) => names.add(name));
      return [subject];
    });
    const list = [...names];
    const replaceIn = (keys: readonly string[]) => {
      const byName = new Map(list.map((name, index) => [name, keys[index] ?? name]));
      return map(value, (subject, isDenied) => this.#withKeys(subject, byName, isDenied));
    };
    return withKeys(list, list.map(this.keyOf), replaceIn);
  }

  /**
   * Replaces names by keys. A subject that also matches others stays; beside it, a permission allows the key only where
   * servers use it, and denies it everywhere.
   */
  #withKeys(subject: string, keys: ReadonlyMap<string, string>, isDenied = false): readonly [string, ...string[]] {
    const whole: string[] = [];
    const parts: string[] = [];
    for (const { before, name, after, isWhole, around } of this.find(subject)) {
      const [start, end] = isDenied ? around : [before, after];
      (isWhole ? whole : parts).push(`${start}${keys.get(name) ?? name}${end}`);
    }
    return [whole[0] ?? subject, ...parts];
  }
}

function changeOne(subject: string, change: Change): string {
  return change(subject)[0];
}

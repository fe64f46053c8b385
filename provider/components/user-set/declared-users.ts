import * as pulumi from "@pulumi/pulumi";
import { diagnose, displayList, keyPath, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { omitUndefined } from "../../model/form/order";
import { isRecord } from "../../model/form/shape";
import { suppliedKeyDiagnostics } from "../../model/keys/rotation";
import { formatLines } from "../../model/users/set-text";
import { repeatedKeyDiagnostics, type SetUser } from "../../model/users/set-users";
import { publicKeyDiagnostics, seedDiagnostics } from "../../nkeys/key-checks";
import { keyPairFromSeed } from "../../nkeys/keys";
import { suppliedCreds } from "../../read/creds";
import { plainOutput } from "../join-outputs";
import { joinChecks, missingValueDiagnostics } from "../validation";
import { namedUsers, readUserFile, type NamedUser } from "./user-file";
import type { SetUserArgs, SetUsersArg, UserSetArgs } from "./user-set-args";

/** The users that a program declares, without seeds. */
export interface DeclaredUsers {
  readonly users: ReadonlyMap<string, SetUser>;
  readonly diagnostics: readonly Diagnostic[];
}

/** What a program declares: the users, and the secrets by which it supplies keys. */
export interface UserDeclaration {
  readonly users: pulumi.Output<DeclaredUsers>;
  readonly secrets: pulumi.Output<SuppliedSecrets>;
  /** Problems with secrets that have no value. */
  readonly missing: pulumi.Output<readonly Diagnostic[]>;
  /** Names of the users; undefined if they are an output. */
  readonly names: readonly string[] | undefined;
  /** Whether the program supplies a public key for each user, so that no key is generated. */
  readonly hasAllKeys: boolean;
}

/** Seeds that a program supplies. */
export interface SuppliedSecrets {
  /** One line for each seed, with what identifies a supplied JWT. */
  readonly text: string;
  /** Public keys by name. */
  readonly publicKeys: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

type Secrets = Record<string, Pick<SetUserArgs, "seed" | "creds">>;

/** Separates what a program declares about the users of a set from the secrets in it. */
export function declareUsers({ users, file, template }: UserSetArgs): UserDeclaration {
  const read = (value: unknown) => (file === undefined ? namedUsers("users", value) : readUserFile(file));
  if (file === undefined && isLater(users)) {
    // The users of an output are as secret as the output.
    const separate = pulumi.output(users).apply((known) => separateUsers(read(known), template));
    return {
      users: separate.apply(({ declared }) => declared),
      secrets: separate.apply(({ secrets }) => pulumi.output(secrets)).apply(supplySecrets),
      missing: plainOutput([]),
      names: undefined,
      hasAllKeys: false,
    };
  }
  const { declared, secrets } = separateUsers(read(users), template);
  return {
    users: plainOutput(declared),
    secrets:
      Object.keys(secrets).length === 0 ? plainOutput(supplySecrets({})) : pulumi.output(secrets).apply(supplySecrets),
    missing: joinChecks(
      Object.entries(secrets).flatMap(([name, keys]) =>
        Object.entries(keys).flatMap(([key, value]) =>
          missingValueDiagnostics(`${keyPath("users", name)}.${key}`, value),
        ),
      ),
    ),
    names: [...declared.users.keys()],
    hasAllKeys: [...declared.users.values()].every(({ publicKey }) => publicKey !== undefined),
  };
}

function isLater(users: pulumi.Input<SetUsersArg> | undefined): boolean {
  return pulumi.Output.isInstance(users) || users instanceof Promise;
}

function separateUsers(
  { users, diagnostics }: { readonly users: readonly NamedUser[]; readonly diagnostics: readonly Diagnostic[] },
  template: UserSetArgs["template"],
): { readonly declared: DeclaredUsers; readonly secrets: Secrets } {
  const found: Diagnostic[] = [...diagnostics];
  const secrets: Secrets = Object.create(null) as Secrets;
  const declared = new Map<string, SetUser>();
  for (const one of users) {
    const { user, problems } = propertiesOf(one, template);
    const { seed, creds, ...terms } = user;
    const all = [...problems, ...conflictDiagnostics(user)];
    if (all.length > 0) {
      found.push(...prefixPaths(keyPath("users", one.name), all));
    }
    declared.set(one.name, omitUndefined<SetUser>(terms));
    if (seed !== undefined || creds !== undefined) {
      secrets[one.name] = omitUndefined<Secrets[string]>({ seed, creds });
    }
  }
  return { declared: { users: declared, diagnostics: found }, secrets };
}

/** The columns of a CSV file that are properties of a user. */
const COLUMNS: readonly string[] = ["publicKey", "lifetime", "renewBefore", "expires", "notBefore"];

function propertiesOf(
  { name, user, row }: NamedUser,
  template: UserSetArgs["template"],
): { readonly user: SetUserArgs; readonly problems: readonly Diagnostic[] } {
  if (template !== undefined && (row !== undefined || Object.keys(user).length === 0)) {
    const found: unknown = template(name, row ?? {});
    const problem = "must be an object, but `template` returns something else for this user";
    const remedy = "Return an object with the properties of the user; it can be empty.";
    return isRecord(found)
      ? { user: found, problems: [] }
      : { user: {}, problems: [{ code: "NA1003", path: "", problem, remedy }] };
  }
  if (row === undefined) {
    const problem = template === undefined ? undefined : "has properties, which `template` of the set would replace";
    const remedy = "Remove them, return them by `template`, or remove `template`.";
    return { user, problems: diagnose({ code: "NA1906", problem, remedy }) };
  }
  const others = Object.keys(row).filter((column) => ![...COLUMNS, "name", "tags"].includes(column));
  const problem = `has columns that are not properties of a user: ${displayList(others)}`;
  const given = COLUMNS.flatMap((column) =>
    row[column] === undefined || row[column] === "" ? [] : [[column, row[column]]],
  );
  const tags = (row.tags ?? "").split(/\s+/).filter((tag) => tag !== "");
  return {
    user: { ...(Object.fromEntries(given) as SetUserArgs), ...(tags.length === 0 ? {} : { tags }) },
    problems: diagnose({
      code: "NA1908",
      problem: others.length === 0 ? undefined : problem,
      remedy: "Remove the columns, or in TypeScript set `template`, which reads them.",
    }),
  };
}

function conflictDiagnostics({ seed, creds, publicKey, rotation }: SetUserArgs): Diagnostic[] {
  if ([seed, creds, publicKey].every((key) => key === undefined)) {
    return [];
  }
  const given = Object.entries({ seed, creds, publicKey }).filter(([, value]) => value !== undefined);
  const names = given.map(([name]) => `\`${name}\``).join(" and ");
  const hasSecret = seed !== undefined || creds !== undefined;
  return [
    ...prefixPaths("rotation", hasSecret ? suppliedKeyDiagnostics(rotation) : []),
    ...publicKeyDiagnostics("publicKey", "user", publicKey),
    ...diagnose({
      code: "NA1910",
      problem: given.length > 1 ? `has ${names}, each of which determines the key` : undefined,
      remedy: "Keep one of them.",
    }),
  ];
}

function supplySecrets(
  secrets: Readonly<Record<string, { readonly seed?: string; readonly creds?: string }>>,
): SuppliedSecrets {
  const diagnostics: Diagnostic[] = [];
  const publicKeys = new Map<string, string>();
  const lines: [string, string][] = [];
  for (const [name, { seed: own, creds }] of Object.entries(secrets)) {
    const path = keyPath("users", name);
    const read = typeof creds === "string" ? suppliedCreds(creds) : undefined;
    const seed = creds === undefined ? own : read?.seed;
    const problems = [
      ...seedDiagnostics(`${path}.${own === undefined ? "creds" : "seed"}`, "user", seed),
      ...diagnose({
        code: "NA1910",
        path: `${path}.creds`,
        problem: creds !== undefined && read === undefined ? "is not the content of a creds file" : undefined,
        remedy: "Use the whole content of a creds file, which contains a JWT and a seed.",
      }),
    ];
    diagnostics.push(...problems);
    if (seed !== undefined && problems.length === 0) {
      publicKeys.set(name, keyPairFromSeed("user", seed).getPublicKey());
      lines.push([name, read === undefined ? seed : `${seed} ${JSON.stringify(read.token)}`]);
    }
  }
  diagnostics.push(...repeatedKeyDiagnostics(publicKeys));
  return { text: formatLines(lines), publicKeys, diagnostics };
}
